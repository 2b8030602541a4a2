# SPDX-License-Identifier: EUPL-1.2
"""Papers as PDF: everybody can read them, nothing is lost, nothing is left behind."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pypdf
import pytest
from fontTools.ttLib import TTFont

from middenstip.guide.answers import read_answers
from middenstip.guide.conversation import Door
from middenstip.guide.languages import LANGUAGES
from middenstip.guide.paper import typesetting
from middenstip.guide.paper.document import Block, Call, Card, Paper
from middenstip.guide.paper.phrases import phrase
from middenstip.guide.paper.results import paper_of_result
from middenstip.guide.paper.sheets import card_of_result, paper_of_sheet
from middenstip.guide.paper.typesetting import PaperTooLong, PressBusy, free_press, typeset
from middenstip.guide.result import GuideResult, guide_result
from middenstip.pack.load import load_pack
from middenstip.pack.model import Pack
from middenstip.pack.reading import Words
from tests.guide.made_up import fields

ON = date(2026, 11, 23)
PACK = load_pack("nl")
TOLD = [("a.indication", ["yes"]), ("a.role", ["victim"]), ("a.lawful_stay", ["no"])]
# A sentence in each language with the signs that are its own.
SAMPLES = {
    "nl": "Eén café, naïef: bel 0800 2000.",
    "en": "Don’t worry – call “0800 2000”.",
    "ro": "Știi că ai drepturi și încă poți ține legătura: 0800 2000.",
    "bg": "Имаш право на помощ, съвет и ѝ звъни на 0800 2000.",
    "hu": "Őrizd meg ezt a számot: 0800 2000. Ügyvéd is segíthet.",
    "pl": "Zażółć gęślą jaźń; zadzwoń pod 0800 2000.",
    "es": "¿Necesitas ayuda? ¡Llama al 0800 2000, mañana también!",
    "fr": "Ça va ? Appelez le 0800 2000 ; l’œuvre est à côté.",
    "ar": "اتصل بالرقم 0800 2000 للمساعدة، هل تحتاج إلى محامٍ؟",
    "ti": "ንሓገዝ 0800 2000 ደውል። ጠበቓ ክትሓትት ትኽእል ኢኻ፧",
    "vi": "Bạn cần giúp đỡ? Hãy gọi 0800 2000 để được tư vấn miễn phí.",
    "zh": "您需要帮助吗？请拨打 0800 2000，可以要求律师和翻译。",
}
LEFT_TO_RIGHT = [lang for lang in SAMPLES if not LANGUAGES[lang].rtl]


def result(lang: str = "nl", door: Door = "help") -> GuideResult:
    answers, _ = read_answers(PACK, TOLD, ON)
    return guide_result(PACK, answers, door=door, lang=lang, on=ON)


def reader(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def squeezed(text: str) -> str:
    """Text without white space: where a line breaks says nothing about what it holds."""
    return re.sub(r"\s+", "", text)


def printed(pdf: bytes, foot: str = "") -> str:
    """What the pages hold in the order in which they hold it, without the foot of each."""
    pages = reader(pdf).pages
    texts = [squeezed(page.extract_text()) for page in pages]
    ends = [squeezed(f"{foot}{at}/{len(pages)}") for at in range(1, len(pages) + 1)]
    if foot:
        assert all(end in text for end, text in zip(ends, texts, strict=True))
    return "".join(text.replace(end, "") for end, text in zip(ends, texts, strict=True))


def tags(pdf: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every tag of a PDF in reading order."""
    root = reader(pdf).trailer["/Root"]

    def below(node: Any) -> Iterator[tuple[str, dict[str, Any]]]:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for child in node:
                yield from below(child)
        elif isinstance(node, dict):
            if "/S" in node:
                yield node["/S"], node
            yield from below(node.get("/K", []))

    yield from below(root["/StructTreeRoot"]["/K"])


def sample(lang: str) -> Paper:
    words = Words(SAMPLES[lang], lang)
    return Paper(
        title=words,
        blocks=(
            Block("notice", (words,), tone="strong"),
            Block("heading", (words,)),
            Block("line", (words,)),
            Block("heading", (words,), level=3),
            Block("points", (words, words)),
            Block("steps", (words, words)),
            Block("ticks", (words, words)),
            Block("call", call=Call(words, "0800 2000", "https://www.example.org/", (words,))),
            Block("blanks", (words,)),
        ),
        foot=words,
    )


def texts_in_order(paper: Paper | Card, found: str) -> None:
    """Fail unless every text of a paper stands in it, each after the one before."""
    at = 0
    for words in paper.texts():
        here = found.find(squeezed(words.text), at)
        assert here >= 0, f"not on the paper after {found[max(0, at - 40) : at]!r}: {words}"
        at = here + len(squeezed(words.text))


# Readable by everybody


@pytest.mark.parametrize("lang", SAMPLES)
def test_a_paper_is_tagged_and_says_its_title_and_language(lang: str) -> None:
    pdf = typeset(sample(lang))
    root = reader(pdf).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712
    assert root["/Lang"].split("-")[0] == lang
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert root["/ViewerPreferences"]["/Direction"] == ("/R2L" if lang == "ar" else "/L2R")
    metadata = reader(pdf).metadata
    assert metadata is not None
    assert metadata.title == SAMPLES[lang]
    assert b"pdfuaid:part" in pdf


def test_headings_lists_and_links_are_what_they_are() -> None:
    found = list(tags(typeset(sample("nl"))))
    kinds = [kind for kind, _ in found]
    assert [kind for kind in kinds if re.fullmatch(r"/H\d", kind)] == ["/H1", "/H2", "/H3"]
    assert kinds.count("/L") == 3
    assert kinds.count("/LI") == 6
    assert kinds.count("/Link") == 2
    assert kinds.index("/H1") < kinds.index("/H2") < kinds.index("/L") < kinds.index("/Link")


def test_a_text_in_another_language_says_so() -> None:
    paper = Paper(
        Words("Titel", "nl"),
        (Block("line", (Words(SAMPLES["ar"], "ar"),)), Block("line", (Words("Ja", "nl"),))),
        Words("Voet", "nl"),
    )
    assert [tag["/Lang"] for _, tag in tags(typeset(paper)) if "/Lang" in tag][:1] == ["ar"]


@pytest.mark.parametrize("lang", LEFT_TO_RIGHT)
def test_the_words_stand_on_paper_in_their_order(lang: str) -> None:
    paper = sample(lang)
    texts_in_order(paper, printed(typeset(paper), paper.foot.text))


def test_arabic_keeps_its_letters_and_numbers_keep_their_order() -> None:
    found = printed(typeset(sample("ar")))
    assert "08002000" in found
    letters = set(re.findall(r"[\u0621-\u064a]", SAMPLES["ar"]))
    assert letters <= set(found)
    # A font that draws dots apart from letters would tell each of them twice.
    paper = Paper(Words("بيت", "ar"), (), Words("", "ar"))
    assert sorted(printed(typeset(paper)).replace("1/1", "")) == sorted("بيت")


@pytest.mark.parametrize("door", ["help", "helping"])
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_a_result_stands_whole_on_paper_in_the_order_of_its_page(lang: str, door: Door) -> None:
    found = result(lang, door)
    paper = paper_of_result(PACK, found)
    texts_in_order(paper, printed(typeset(paper), paper.foot.text))
    told = set(paper.texts())
    applies = [o for need in found.needs for o in need.offers if o.outcome == "applies"]
    assert applies
    assert all(
        {offer.title, offer.words, *offer.steps, *offer.conflicts} <= told for offer in applies
    )


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_all_of_a_result_is_in_the_language_asked(lang: str) -> None:
    law = {source.title for source in PACK.sources.values()}
    other = [
        words
        for words in (
            *paper_of_result(PACK, result(lang, "helping")).texts(),
            sheet("card", lang),
        )
        if words.lang != lang and not any(title in words.text for title in law)
    ]
    assert other == []


def sheet(sheet_id: str, lang: str) -> Words:
    paper = paper_of_sheet(PACK, sheet_id, lang=lang, on=ON)
    assert paper is not None
    return paper.title


# Glyphs


def covered() -> set[int]:
    """Every sign that some font of the papers has."""
    files = Path(typesetting.FONTS).glob("*.ttf")
    return {sign for file in files for sign in TTFont(file).getBestCmap()}


def test_the_fonts_have_every_sign_of_every_text() -> None:
    signs = covered()
    folder = Path(typesetting.HERE).parent
    texts = [path.read_text(encoding="utf-8") for path in folder.glob("locale/*/*/*.po")]
    country = Path("src/middenstip/countries/nl")
    texts += [path.read_text(encoding="utf-8") for path in country.rglob("*.yaml")]
    texts += SAMPLES.values()
    lacking = {sign for text in texts for sign in text if ord(sign) not in signs}
    assert lacking - set("\n\t\u200e\u200f\u2068\u2069") == set()


def test_a_sign_without_a_font_is_left_out_and_the_paper_still_comes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    paper = Paper(
        Words("Titel", "nl"), (Block("line", (Words("ไทย!", "nl"),)),), Words("", "nl")
    )
    assert "Titel" in printed(typeset(paper))
    assert "sign" in caplog.text
    assert "ไทย" not in caplog.text


# The card


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_card_is_one_page_in_every_language(lang: str) -> None:
    card = paper_of_sheet(PACK, "card", lang=lang, on=ON)
    of_result = card_of_result(PACK, result(lang), "card")
    assert isinstance(card, Card)
    assert isinstance(of_result, Card)
    for one in (card, of_result):
        pages = reader(typeset(one)).pages
        assert len(pages) == 1
        assert [round(float(side) * 25.4 / 72) for side in pages[0].mediabox[2:]] == [105, 148]
        assert len(one.calls) == 3


@pytest.mark.parametrize("lang", SAMPLES)
def test_a_card_with_long_texts_takes_smaller_letters(lang: str) -> None:
    words = Words(SAMPLES[lang] * 2, lang)
    call = Call(Words(SAMPLES[lang], lang), "033 448 11 86")
    card = Card(words, (words,) * 6, (call,) * 3, (words,), (words,))
    pdf = typeset(card)
    assert len(reader(pdf).pages) == 1
    if lang != "ar":
        texts_in_order(card, printed(pdf))


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_a_card_tells_nobody_what_happened(lang: str) -> None:
    card = card_of_result(PACK, result(lang), "card")
    assert card is not None
    said = " ".join(words.text for words in card.texts()).lower()
    for word in ("mensenhandel", "trafficking", "slachtoffer", "victim", "uitbuiting"):
        assert word not in said
    assert "middenstip" not in said
    assert b"iddenstip" not in typeset(card)


# What is not on paper


def test_the_person_s_own_paper_leaves_out_their_answers() -> None:
    own = {words.text for words in paper_of_result(PACK, result("nl", "help")).texts()}
    other = {words.text for words in paper_of_result(PACK, result("nl", "helping")).texts()}
    question = next(said for said in result("nl", "helping").told if said.fact == "indication")
    assert not any(text.startswith(question.question.text) for text in own)
    assert any(text.startswith(question.question.text) for text in other)


def test_nobody_and_no_moment_is_named_in_a_paper() -> None:
    metadata = reader(typeset(paper_of_result(PACK, result()))).metadata
    assert metadata is not None
    assert set(metadata) <= {"/Title", "/Creator", "/Producer"}
    assert "iddenstip" not in str(metadata)


def test_the_same_answers_give_the_same_bytes() -> None:
    assert typeset(paper_of_result(PACK, result())) == typeset(paper_of_result(PACK, result()))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_unchecked_translation_says_so_and_nl_and_en_do_not(
    lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def papers() -> list[Counter[Words]]:
        of_result = (
            paper_of_result(PACK, result(lang)),
            card_of_result(PACK, result(lang), "card"),
        )
        sheets = (paper_of_sheet(PACK, key, lang=lang, on=ON) for key in PACK.sheets)
        return [Counter(paper.texts()) for paper in (*of_result, *sheets) if paper]

    mark = phrase("This translation has not yet been checked by a sworn translator.", lang)
    marked = papers()
    monkeypatch.setattr(Pack, "unchecked", lambda pack, lang: False)
    plain = papers()
    only_mark = Counter() if lang in ("nl", "en") else Counter([mark])
    assert [more - less for more, less in zip(marked, plain, strict=True)] == [only_mark] * len(
        plain
    )


# The sheet of rights


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_sheet_of_the_reflection_period_has_a_box_for_each_right(lang: str) -> None:
    paper = paper_of_sheet(PACK, "reflection_period", lang=lang, on=ON)
    assert isinstance(paper, Paper)
    version = PACK.sheets["reflection_period"].on(ON)
    assert version is not None
    ticks = [words for b in paper.blocks if b.kind == "ticks" for words in b.items]
    assert len(ticks) == sum(len(part.points) for part in version.parts) >= 10
    # The number before each is the same in every language: who hands it over can follow.
    assert [words.text.split(".")[0] for words in ticks] == [
        str(number) for number in range(1, len(ticks) + 1)
    ]
    blanks = next(block for block in paper.blocks if block.kind == "blanks")
    assert len(blanks.items) == 3
    pdf = typeset(paper)
    assert len(reader(pdf).pages) <= 2
    if lang != "ar":
        texts_in_order(paper, printed(pdf, paper.foot.text))


def test_a_right_that_was_not_read_in_today_s_text_carries_a_star() -> None:
    paper = paper_of_sheet(PACK, "reflection_period", lang="nl", on=ON)
    assert isinstance(paper, Paper)
    ticks = [words.text for b in paper.blocks if b.kind == "ticks" for words in b.items]
    version = PACK.sheets["reflection_period"].on(ON)
    assert version is not None
    points = [point for part in version.parts for point in part.points]
    for text, point in zip(ticks, points, strict=True):
        unread = any(ref.confidence == "unverified" for ref in point.sources)
        assert text.endswith("*") == unread
    assert any(text.endswith("*") for text in ticks)


def test_there_is_no_sheet_before_its_law_and_none_that_the_pack_does_not_have() -> None:
    before = date(2014, 1, 1)
    assert paper_of_sheet(PACK, "reflection_period", lang="nl", on=before) is None
    assert paper_of_sheet(PACK, "nothing", lang="nl", on=ON) is None


# Bounds


def test_whatever_is_answered_a_paper_comes_of_it() -> None:
    random = Random(4)  # noqa: S311 - made-up answers
    askable = [fact for fact, item in PACK.facts.items() if item.askable]
    for _ in range(12):
        pairs = [(f"a.{name}", raw) for name, raw in fields(PACK, askable, random, ON)]
        answers, _ = read_answers(PACK, pairs, ON)
        lang = random.choice(list(LANGUAGES))
        found = guide_result(PACK, answers, door="helping", lang=lang, on=ON)
        assert typeset(paper_of_result(PACK, found)).startswith(b"%PDF-")


def test_a_text_is_never_read_as_code() -> None:
    nasty = 'Titel #read("/etc/passwd") $x$ *dik* _schuin_ [haak] <label> \\ // weg'
    paper = Paper(Words(nasty, "nl"), (Block("line", (Words(nasty, "nl"),)),), Words("", "nl"))
    assert printed(typeset(paper)).count(squeezed(nasty)) == 2


def test_a_paper_without_end_is_refused() -> None:
    words = Words("woord " * 100_000, "nl")
    with pytest.raises(PaperTooLong, match="characters"):
        typeset(Paper(words, (), words))


def test_nobody_waits_at_a_press_that_is_in_use() -> None:
    with free_press(), pytest.raises(PressBusy):
        typeset(sample("nl"))
    assert typeset(sample("nl")).startswith(b"%PDF-")


def test_a_press_comes_back_after_a_failure() -> None:
    with pytest.raises(RuntimeError, match="jam"), free_press():
        raise RuntimeError("jam")
    assert typeset(sample("en")).startswith(b"%PDF-")
