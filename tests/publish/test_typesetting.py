"""Typst is asked in a process of its own."""

import multiprocessing
import sys

import pytest

from graymarket.publish.problems import PublishError
from graymarket.publish.typesetting import compile_pdf

SOURCE = '#set document(title: "A word")\n= A word\n'


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")
def test_a_fork_can_compile_after_its_parent_has(tmp_path):
    compile_pdf(SOURCE, tmp_path, "first.pdf")
    fork = multiprocessing.get_context("fork").Process(
        target=compile_pdf, args=(SOURCE, tmp_path, "second.pdf")
    )
    fork.start()
    fork.join(60)
    ended = fork.exitcode
    fork.kill()
    assert ended == 0


def test_what_typst_complains_of_is_told_with_the_file(tmp_path):
    with pytest.raises(PublishError) as error:
        compile_pdf("#nowhere", tmp_path, "book.pdf")
    assert error.value.problems == ["book.pdf: unknown variable: nowhere"]


def test_a_warning_is_a_fault(tmp_path):
    source = SOURCE + '#set text(font: "No Such Letters")\nx'
    with pytest.raises(PublishError, match=r"^book\.pdf: unknown font family: no such letters"):
        compile_pdf(source, tmp_path, "book.pdf")
