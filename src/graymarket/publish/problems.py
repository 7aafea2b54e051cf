"""What can be wrong with a set of chapters."""


class PublishError(Exception):
    """The report cannot be built; `problems` holds one clear line each."""

    def __init__(self, problems: list[str]):
        super().__init__("\n".join(problems))
        self.problems = problems
