"""What a question asks for, by its question words: a date, a number, a person, a reason. Knows no conversation. Pure."""

import re

from rag.types import Kind

WH = r"(?:who(?:m|se)?|what|when|where|why|how(?:\s+(?:many|much|long|old|far|often|come))?|which(?:\s+\w+)?)"
AUXILIARY = r"(?:(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might)(?:n['’]t)?)"
PREPOSITION = (
    r"(?:about|across|after|against|among|around|as|at|before|behind|between|by|during|for|from|in|into|near|of|on|over|since"
    r"|through|till?|to|toward|under|until|with|without)"
)
# "the mayor of Skarn" names who holds an office; of "the brother of Assad" nobody holds one
OFFICE = (
    r"(?:president|leader|commander|minister|mayor|governor|chief|head|chair(?:man|woman|person)?|director|manager|secretary"
    r"|chancellor|premier|king|queen|prince|princess|emir|sultan|pope|bishop|archbishop|speaker|ambassador|envoy|spokes(?:man|woman|person)"
    r"|ceo|captain|coach|ruler|dictator)"
)
PERSON = (
    rf"(?:{OFFICE}|person|man|woman|boy|girl|politician|general|expert|judge|senator|lawmaker|cleric|imam|ayatollah|boss|founder"
    r"|owner|officer|official|soldier|fighter|militant|player|athlete|striker|goalkeeper|champion|winner|singer|actor|actress"
    r"|author|writer|poet|journalist|reporter|editor|photographer|artist|painter|composer|architect|scientist|researcher"
    r"|professor|teacher|doctor|surgeon|nurse|lawyer|attorney|prosecutor|diplomat|advis[eo]r|analyst|activist|candidate|deputy"
    r"|colonel|admiral|sheriff|detective|suspect|victim|witness|student|worker|engineer|pilot|driver|astronaut|economist"
    r"|historian|brother|sister|son|daughter|wife|husband|father|mother|successor|predecessor|resident|citizen|farmer|guard"
    r"|spy|hacker|warlord|chef)"
)
_ARTICLES = (
    r"(?:(?:the|these|this|that|those|your|our|all|any)\s+){0,2}"
    r"(?:articles?|texts?|documents?|sources?|librar(?:y|ies)|stor(?:y|ies)|coverage)"
)
_OF_X = rf"(?:\s+(?:of|in|from|on|about|regarding)\s+{_ARTICLES}\b)?(?:\s+(?:about|on|of|regarding|concerning|with)\b)?"
_OF_PLACE_OR_TIME = r"(?:the|of|in|on|(?-i:[^\W\d_a-z])[^\s?]*|\d[^\s?]*)"  # a word; one way to read it, so that it is quick
_SUMMARIES = (
    r"^(?:(?:can|could|would|will) you\s+)?(?:please\s+)?"
    r"(?:summari[sz]e|compare|give (?:me |us )?(?:a |an |the )?(?:\w+ )?(?:summary|overview))\b"
    rf"(?:\s+{_ARTICLES}\b)?(?:\s+(?:about|on|of)\b)?(?:\s+what\s+{_ARTICLES}\s+(?:say|tell|report|write)\b(?:\s+(?:about|on|of)\b)?)?",
    r"\bwhat (?:is|are) th(?:is|e|ese) articles? about\b",
    rf"\bwhat (?:do|does|did|have|has) {_ARTICLES} (?:say|said|tell|told|report|reported|write|written)(?: (?:us|me))?"
    r"(?:\s+(?:about|on|of)\b|\W*$)",
    r"(?:\bwhat(?:['’]s| is| are) the (?:very )?|^(?:the )?)latest(?: (?:news|developments?|updates?))?"
    r"(?:\s+(?:about|of|on|with|regarding|concerning|from|in)\b|\W*$)",
    r"^(?:(?:is|are) there )?any (?:news|developments?|updates?) (?:about|on|of|from)\b",
    r"\bwhat(?:['’]s| is) new(?:\s+(?:about|on|with|in)\b|\W*$)",
    rf"^(?:tell (?:me|us)\s+|(?:what|how)\s+)?(?:(?:something|more|a (?:little )?bit|a little)\s+)?about\b(?!\s+(?:{WH})\b)",
    r"\bwhat (?:do (?:you|we|they) know|can you (?:tell|say)(?: (?:me|us))?|(?:else )?is (?:known|said|reported|written)"
    r"|information (?:is there|do you have)|is there(?: to know)?) about\b",
    r"^(?:is there )?(?:anything|something|information|info) (?:about|on)\b",
    rf"\bwhat (?:has )?happened (?:in|at|on|during)\b(?=(?:\s+{_OF_PLACE_OR_TIME})+\W*$)",
    rf"\bwhat (?:is|are|were|was) the (?:\w+ )?take-?aways?\b{_OF_X}",
    rf"\bwhat (?:is|are|was|were) the (?:main|key|central|most important) (?:points?|ideas?|messages?|themes?|topics?)"
    rf"(?=\W*$|\s+(?:of|in|from)\s+{_ARTICLES}\b){_OF_X}",
    r"^(?:(?:can|could|would|will) you\s+)?(?:(?:please\s+)?tell (?:me|us)\s+)?(?:everything|all|anything)"
    r"(?: (?:there is(?: to know)?|you (?:know|have)|that is known|known))? (?:about|on)\b",
)
_KINDS: tuple[tuple[Kind, str], ...] = (
    ("summary", "|".join((*_SUMMARIES, r"^.*\bin summary\b"))),
    (
        "list",
        r"^(?:please\s+)?(?:list|enumerate)\b"
        r"|^(?:please\s+)?name\s+(?:me\s+)?(?:(?:the\s+)?(?:all|some|both|several|other|two|three|four|five|six|seven|eight|nine|ten|\d+)\b"
        rf"|(?:(?!{PREPOSITION}\b|{WH}\b)[\w’'-]+\s+){{0,4}}?(?:people|men|women|children|\w+(?<![siu])s)(?=\W*$|\s+(?:{PREPOSITION}|{WH}|that)\b))"
        r"|\b(?:which|what)\s+(?:\w+\s+)?(?:groups|countries|factors|reasons|names|members|parties"
        r"|examples|kinds|types|ways|people|allies|proxies|challenges|concerns|consequences|effects|steps|options|choices)\b",
    ),
    (
        "why",
        r"\bwhy\b|\bwhat (?:is|was|were|are) the (?:reasons?|causes?|motives?)\b|\bhow come\b|\bwhat reason\b|\bwhat for\b",
    ),
    (
        "number",
        r"\bhow (?:many|much|old|far|long|often|large|big|high|tall|fast|deep|heavy|wide|thick|hot|cold|small|expensive)\b"
        r"|\bwhat (?:number|percentage|share|amount|age)\b"
        r"|\bwhat(?:['’]s| is| was| are| were) (?:the|its|his|her|their|\w+['’]s) (?:\w+ ){0,2}?(?:toll|population|number|cost"
        rf"|price|size|height|length|depth|weight|age|distance|temperature|turnout|salary|percentage|share|amount)\b(?=\W*$|\s+(?:{PREPOSITION}"
        r"|when|if|that|now|today|currently|this|last|so)\b)",
    ),
    ("when", r"\bwhen\b|\b(?:what|which) (?:year|month|day|date|time|week|century|decade)\b|\bhow soon\b"),
    (
        "where",
        r"\bwhere\b|\b(?:what|which) (?:city|country|place|province|region|town|airport|airbase|location)\b"
        r"|\b(?:what (?:is|was) the )?location\b",
    ),
    (
        "who",
        rf"\bwho(?:m|se)?\b|\b(?:what|which) (?:(?!{AUXILIARY}\b|the\b)\w+ )?{PERSON}\b(?! (?:group|party|team|unit|union)s?\b)"
        r"|\bwhat (?:is|was|are|were) the names? of [^,?]*?\bwho\b"
        rf"|^(?:please\s+)?name (?:the|an?) (?:\w+ ){{0,2}}?{PERSON}\b",
    ),
    ("how", r"\bhow\b"),
    # One that offers a choice, "a failure or a success?", is answered by a few words of a sentence; yes or no is not.
    ("yes_no", rf"^{AUXILIARY}\b(?!.*\bor\b(?! not\b))"),
)
_KIND_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS)

_SUMMARY_FRAME = re.compile("|".join((*_SUMMARIES, r"\bin summary\b")), re.IGNORECASE)  # what asks for it, without its topic
# "Iran withdrew, didn't it?"
_TAG = re.compile(
    rf",\s?(?:correct|right|true|is that (?:so|right|correct|true)"
    rf"|{AUXILIARY} (?:it|he|she|they|there|we|you)(?: not)?)\s?[?.!]*$",
    re.IGNORECASE,
)
_BEGINS_WITH_AUXILIARY = re.compile(rf"{AUXILIARY}\b", re.IGNORECASE)

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
    r"(where\s+(?:to|from)\b|(?:who|whom|what)\s+(?:to|from|for|with|by|against)\b"
    rf"|(?:how\s+(?:many|much)\s+(?:{AUXILIARY}\s+)?(?!it\b)\w+|{PREPOSITION}\s+(?:what|how\s+(?:many|much))\s+\w+|(?:{PREPOSITION}\s+)?{WH})"
    r"(?:\s+(?:else|not))?)"
)
ADDED = re.compile(rf",? and {ELLIPSIS}[?.!]*$", re.IGNORECASE)


def kind_of(question: str) -> Kind:
    """Say what a question asks for, by the question word that it begins with, or any in one that begins with none; anything
    else is "what". What is added last ("..., and why?") is what is wanted."""
    added = ADDED.search(question)
    asked = added.group(1) if added else INTRODUCTION.sub("", question, count=1)
    begins = _BEGINNING.match(asked)
    if _TAG.search(question) and (not begins or _BEGINS_WITH_AUXILIARY.match(begins.group(1))):
        return "yes_no"
    if begins:
        return next((kind for kind, pattern in _KIND_PATTERNS if pattern.match(begins.group(1))), "what")
    return next((kind for kind, pattern in _KIND_PATTERNS if pattern.search(asked)), "what")


def topic_of(question: str, kind: Kind) -> str:
    """Return the part of a question of this kind that tells its topic: of "What do the articles say about Israel?" the end,
    of "Iran left, right?" the beginning; nothing of "Summarize the articles.", which has none."""
    frame = _SUMMARY_FRAME if kind == "summary" else _TAG if kind == "yes_no" else None
    topic = frame.sub(" ", question) if frame else question
    return topic if kind == "summary" or re.search(r"\w", topic) else question
