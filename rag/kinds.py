"""What a question asks for, by its question words: a date, a number, a person, a reason. Knows no conversation. Pure."""

import re

from rag.types import Kind

WH = r"(?:who(?:m|se)?|what|when|where|why|how(?:\s+(?:many|much|long|old|far|often|come))?|which(?:\s+\w+)?)"
AUXILIARY = r"(?:(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might)(?:n['’]t)?)"
PREPOSITION = (
    r"(?:about|across|after|against|among|around|as|at|before|behind|between|by|during|for|from|in|into|near|of|on|over|since"
    r"|through|till?|to|toward|under|until|with|without)"
)
_KINDS: tuple[tuple[Kind, str], ...] = (
    (
        "summary",
        r"^(?:please\s+)?(?:summari[sz]e|give (?:me )?(?:a |an )?(?:summary|overview))\b"
        r"|\bwhat (?:is|are) th(?:is|e|ese) articles? about\b|^.*\bin summary\b",
    ),
    (
        "list",
        r"^(?:please\s+)?(?:list|name|enumerate)\b|\b(?:which|what)\s+(?:\w+\s+)?(?:groups|countries|factors|reasons|names|members|parties"
        r"|examples|kinds|types|ways|people|allies|proxies|challenges|concerns|consequences|effects|steps|options|choices)\b",
    ),
    (
        "why",
        r"\bwhy\b|\bwhat (?:is|was|were|are) the (?:reasons?|causes?|motives?)\b|\bhow come\b|\bwhat reason\b|\bwhat for\b",
    ),
    (
        "number",
        r"\bhow (?:many|much|old|far|long|often|large|big|high|tall|fast)\b|\bwhat (?:number|percentage|share|amount|age)\b",
    ),
    ("when", r"\bwhen\b|\b(?:what|which) (?:year|month|day|date|time|week|century|decade)\b"),
    (
        "where",
        r"\bwhere\b|\b(?:what|which) (?:city|country|place|province|region|town|airport|airbase|location)\b"
        r"|\b(?:what (?:is|was) the )?location\b",
    ),
    (
        "who",
        r"\bwho(?:m|se)?\b|\b(?:what|which) (?:person|man|woman|politician|general|president|leader|commander|expert)\b"
        r"|\bwhat (?:is|was|are|were) the names? of [^,?]*?\bwho\b",
    ),
    ("how", r"\bhow\b"),
    # One that offers a choice, "a failure or a success?", is answered by a few words of a sentence; yes or no is not.
    ("yes_no", rf"^{AUXILIARY}\b(?!.*\bor\b)"),
)
_KIND_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS)

# What may stand before the question itself: "And", "Can you tell me", "According to Reuters,", "When Brandt resigned,".
INTRODUCTION = re.compile(
    r"^(?:(?:and|but|so|or|ok|okay|then|please)\b[\s,]*)?"
    r"(?:(?:(?:can|could|would|will) you (?:please )?(?=tell|list|name|give|summari)|do you know|is it known|tell me)\s*)*"
    rf"(?:(?!in summary)(?:according|if|when|while|because|although|given|{PREPOSITION})\s+(?!{AUXILIARY}\b|{WH}\b)"
    rf"[^?]*?,\s*(?=(?:{PREPOSITION}\s+)?{WH}\b|{AUXILIARY}\b))*",
    re.IGNORECASE,
)
_BEGINNING = re.compile(rf"(?:{PREPOSITION}\s+(?={WH}\b))?((?:{WH}|{AUXILIARY})\b.*)", re.IGNORECASE | re.DOTALL)
ELLIPSIS = (
    rf"((?:how\s+(?:many|much)\s+(?:{AUXILIARY}\s+)?(?!it\b)\w+|{PREPOSITION}\s+what\s+\w+|(?:{PREPOSITION}\s+)?{WH})"
    r"(?:\s+(?:else|not))?)"
)
ADDED = re.compile(rf",? and {ELLIPSIS}[?.!]*$", re.IGNORECASE)


def kind_of(question: str) -> Kind:
    """Say what a question asks for, by the question word that it begins with, or any in one that begins with none; anything
    else is "what". What is added last ("..., and why?") is what is wanted."""
    added = ADDED.search(question)
    asked = added.group(1) if added else INTRODUCTION.sub("", question, count=1)
    begins = _BEGINNING.match(asked)
    if begins:
        return next((kind for kind, pattern in _KIND_PATTERNS if pattern.match(begins.group(1))), "what")
    return next((kind for kind, pattern in _KIND_PATTERNS if pattern.search(asked)), "what")
