"""A kind of securities that heads an English clause: "Housebuilders rose", "Suppliers to the planemaker suffered"."""

from __future__ import annotations

import re
from itertools import pairwise

from eventwindow.draft.lexicon import Group, Mark
from eventwindow.draft.sentence import MOVES, Sentence
from eventwindow.draft.statement import Subject

MOVING = ("down_strong", "up_strong", "down_weak", "up_weak")
_LEAD = (  # what stands before the noun phrase and is no part of it
    r"\W*(?:(?i:and|but|while|whereas|as|with|when|after|meanwhile|elsewhere|also|although|even though|though),? )*"
    r"(?:(?i:other|most|many|all|some|several|the|its|their|(?:shares|stocks) (?:of|in)) )*"
)
_WORD = r"[A-Za-z][\w-]+['’]?"
_PLURAL = r"(?:(?<!['’])s|financials|sharemarket|stock market)"
_OF_FIRM = (  # whose suppliers or rivals a kind is
    r"(?P<of> (?:to|of) [A-Z][\w&.-]+(?: (?:[A-Z][\w&.-]+|Inc|Co|Corp)){0,2}?(?: (?:Inc|Co|Corp|Ltd)\b\.?)?)?"
)
_PHRASE = rf"(?P<phrase>{_WORD}(?: (?:and |of |in |for )?{_WORD}){{0,4}}?{_PLURAL}){_OF_FIRM}"
_HANGS = (
    r"(?P<hangs> (?:(?:tied|linked|exposed) to [^,;]{3,30}?|(?:that|who) [^,;]{3,50}?))?"
    r"(?:, (?:which|who|whose|of which) [^,;]{3,60},| to the \w+)?"
)
_VERB = (
    r"(?: (?:also|all|both|too|then|even|each|generally|broadly|mostly|\w+ly))*"
    r" (?P<verb>(?!outnumber)[a-z]{3,}ed"
    r"|was|were|ha[sd]|have|got|did|went|came|took|gave|made|saw|led|left|held|bore|fell"
    r"|rose|won|found|lost|stood|sank|slid|shrank|sprang|dove|rall(?:y|ies)|leap|surge|slide|slump|jump|sink|fall|climb|soar"
    r"|rise|plunge|tumble|gain|drop|retreat|advance|under pressure|in demand"
    r"|are(?= (?:all |mostly |also |still )?(?:up|down|higher|lower)(?: (?:for|this|since|on) |[.,;]|$)))\b"
)
_HEAD = re.compile(_LEAD + _PHRASE + _HANGS + _VERB)
_FARED = re.compile(  # how a kind fared, in words that are no move
    r"\b(?:(?P<down>under pressure|batter|suffer|punish|hammer|pummel|hit (?:hard|hardest)|weigh|lost ground"
    r"|out of favou?r|underperform|sold off|in the red|weaker|did badly)"
    r"|in demand|did (?:\w+ )?well|gained ground|found buyers|outperform|in favou?r|sought after|in the green|firmer)"
)


def head(sentence: Sentence, low: int) -> tuple[Mark, int, int] | None:
    """The kind that heads the clause from a place on; its direction, 0 where none is told; where that is told.

    What a verb of moving tells is told with the verb: "Housebuilders rose on the prospect of cheaper loans".
    """
    found = _HEAD.match(sentence.text, low)
    if found is None or not _is_kind(sentence, found):
        return None
    high = next(b for a, b in sentence.clauses if a <= found.start("verb") < b)
    move = next(iter(sentence.all(*MOVING, "down_object", within=(found.start("verb"), high))), None)
    fared = _FARED.search(sentence.text, found.start("verb"), high)
    sign = MOVES[move.kind] if move else (-1 if fared["down"] else 1) if fared else 0
    told = move.end if move and move.start == found.start("verb") else fared.end() if fared and not move else high
    return Mark(*found.span("phrase"), "group", _subject(sentence, found)), sign, told


def _subject(sentence: Sentence, found: re.Match[str]) -> Subject:
    """The group that the list holds under these words, else the words, with what tells which of the kind."""
    whole = [m for m in sentence.all("names") if (m.start, m.end) == found.span("phrase")]
    words = found["phrase"] + (found["of"] or "") + (found["hangs"] or "")
    words = re.sub(r" (?:Inc|Co|Corp|Ltd)\.?$", "", words)
    return whole[0].value[0] if whole else Subject(group=Group(words, words))


def _is_kind(sentence: Sentence, found: re.Match[str]) -> bool:
    """Whether the noun phrase is of securities: no name, and no noun of people, figures or prices."""
    rules, words = sentence.rules, found["phrase"].lower().split()
    stop = {w.lower() for w in rules.stop} - {"stocks", "bonds", "markets", "rivals"}
    named = [w for m in sentence.all("names", "aside", "others", within=found.span("phrase")) for w in m.value]
    if any(not w.group for w in named):
        return False
    heads = {words[-1], *(a for a, b in pairwise(words) if b in rules.prepositions)}
    light = rules.small | rules.prepositions
    return not ({words[0], words[-1]} & light or heads & rules.no_kind or " ".join(words) in stop)
