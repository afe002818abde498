"""The command line of answering.

    python -m rag ask "question" [--json]      one answer with its citations
    python -m rag eval questions.jsonl         measure on one's own questions [--json] [--save FILE] [--baseline FILE]
    python -m rag read < pairs.jsonl           the reader alone, a line of JSON per pair

Data goes to stdout, everything else to stderr. Exit status: 0 ok, 1 error, 2 usage, 130 interrupted, and those of
index/errors.py.
"""

import argparse
import json
import sys
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

from index.embedder import Embedder
from index.errors import LibraryError
from index.search import Search
from index.snapshot import Within
from index.terminal import day, ended, folder
from rag.answer import Answerer
from rag.asking import NotAskable, checked_question
from rag.configured import configured_writer
from rag.evaluation import QuestionsError, as_table, by_type, kept_report, parsed, read_cases, run, text_of
from rag.provider import LanguageModelError
from rag.reader import ReaderError, TrainedReader
from rag.types import Answer
from settings import BadSetting, Settings, read


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    return ended(lambda: _run(_parser().parse_args(arguments)), "interrupted")


def _run(options: argparse.Namespace) -> int:
    try:
        return int(options.run(options, read()))
    except LibraryError as error:
        _say(f"{error.message}; {error.hint}")
        return error.exit_status
    except BadSetting as error:
        _say(str(error))
        return 2
    except NotAskable as error:
        _say(f"{error} {error.hint}")
        return 2
    except (LanguageModelError, QuestionsError, ReaderError) as error:
        _say(str(error))
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m rag", description="Ask the library, and measure the answers.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    ask = commands.add_parser("ask", help="one answer with its citations")
    ask.add_argument("question")
    ask.add_argument("--json", action="store_true", help="the whole answer as POST /v1/ask gives it")
    ask.add_argument("--as-of", metavar="DAY", type=day, help="answer as on this day: nothing published or updated later")
    ask.add_argument("--since", metavar="DAY", type=day, help="use only articles published on this day or later (YYYY-MM-DD)")
    ask.add_argument("--until", metavar="DAY", type=day, help="use only articles published on this day or earlier")
    ask.add_argument("--data", type=folder, metavar="FOLDER", help="the data folder (default: RAG_DATA or data/)")
    ask.set_defaults(run=_ask)
    measure = commands.add_parser("eval", help="measure on your own questions")
    measure.add_argument("questions", type=Path, help="a file of JSON lines, see rag/evaluation.py")
    measure.add_argument("--json", action="store_true", help="the report as JSON")
    measure.add_argument("--save", type=Path, metavar="FILE", help="keep the report as a baseline")
    measure.add_argument("--baseline", type=Path, metavar="FILE", help="show the change since a kept report")
    measure.add_argument("--wrong", action="store_true", help="list the questions that went wrong on stderr")
    measure.add_argument("--data", type=folder, metavar="FOLDER", help="the data folder (default: RAG_DATA or data/)")
    measure.set_defaults(run=_eval)
    reading = commands.add_parser("read", help="the reader alone: pairs from stdin, spans to stdout")
    reading.set_defaults(run=_read)
    return parser


@contextmanager
def _opened(options: argparse.Namespace, settings: Settings) -> Iterator[tuple[Answerer, Search]]:
    embedder, data = Embedder(settings.embedder), options.data or settings.data
    generative = configured_writer(settings, data, embedder)
    with Search.open(data, embedder, read_only=settings.read_only) as search:
        answerer = Answerer.over(search, generative)
        if answerer.notice:
            _say(answerer.notice)
        yield answerer, search


def _ask(options: argparse.Namespace, settings: Settings) -> int:
    question = checked_question(options.question)
    with _opened(options, settings) as (answerer, _):
        answer = answerer.ask(question, within=Within(options.since, options.until, as_of=options.as_of))
    print(json.dumps(answer.as_dict(), ensure_ascii=False) if options.json else _as_text(answer))
    return 0


def _as_text(answer: Answer) -> str:
    lines = [textwrap.fill(answer.text, 100)]
    for citation in answer.citations:
        quoted = citation.quotation
        told = ", ".join(part for part in (quoted.title, quoted.source, quoted.published or "undated") if part)
        lines.append(f"\n[{citation.number}] {told}\n    {quoted.permalink}\n    “{' '.join(quoted.quote.split())}”")
    if answer.near_misses:
        lines.append("\nClosest passages, which are no answer:")
        lines += [f"  {miss.permalink}  {miss.title}" for miss in answer.near_misses]
    return "\n".join(lines)


def _eval(options: argparse.Namespace, settings: Settings) -> int:
    cases = list(read_cases(options.questions))
    baseline = kept_report(options.baseline) if options.baseline else None
    if settings.llm:
        _say("what is measured are quoted answers, without the language model of RAG_LLM")
    with _opened(options, replace(settings, llm=None)) as (answerer, search):
        outcomes = list(run(cases, answerer, search.library.get))
    reports = by_type(outcomes)
    if options.wrong:
        for outcome in outcomes:
            if not outcome.is_right:
                answer = outcome.answer
                _say(f"{outcome.case.id} {answer.confidence:.2f} {answer.searched_for}\n      {answer.text[:200]}")
    print(json.dumps(reports) if options.json else as_table(reports, baseline))
    if options.save:  # after the report, which took long, is told
        options.save.write_text(json.dumps(reports, indent=1) + "\n", encoding="utf-8")
    return 0


def _read(_options: argparse.Namespace, _settings: Settings) -> int:
    reader = TrainedReader.load()
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if not line.strip():
            continue
        try:
            pair = parsed(line)
            question, passage = text_of(pair, "question"), text_of(pair, "passage")
        except (ValueError, TypeError) as error:
            _say(f'line {number} is no {{"id", "question", "passage"}}: {error}')
            return 1
        (span,) = reader.read(question, [passage])
        told = {"id": pair.get("id"), "span": passage[span.start : span.end], **asdict(span)}
        print(json.dumps(told, ensure_ascii=False))
    return 0


def _say(message: str) -> None:
    print(message, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
