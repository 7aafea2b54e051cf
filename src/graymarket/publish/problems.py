"""What can be wrong with a set of chapters."""


class PublishError(Exception):
    """The report cannot be built; `problems` holds one clear line each."""

    def __init__(self, problems: list[str]):
        super().__init__(problems)  # as they are, so that it can pass between processes
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(self.problems)
