import json

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.model import Bullets, Paragraph, Span
from mappings.adf import adf

TRICKY = st.one_of(
    st.text(),
    st.sampled_from(["[~admin]", "@admin", "\x00", "\u202e", "a\nb", "\ud800", "{code}", ":smile:", " "]),
)
HREFS = st.one_of(
    st.just(""),
    st.sampled_from(["https://okr.example/kr/1", "javascript:alert(1)", "http://", "data:,x", "http://[x"]),
    st.text(max_size=20),
)
SPANS = st.builds(Span, TRICKY, st.booleans(), HREFS)
LINES = st.lists(SPANS, max_size=4).map(tuple)
DOCUMENTS = st.lists(
    st.one_of(st.builds(Paragraph, LINES), st.builds(Bullets, st.lists(LINES, max_size=3).map(tuple))),
    max_size=4,
).map(tuple)


def nodes(node):
    yield node
    for child in node.get("content", []):
        yield from nodes(child)


def plain(*texts):
    return (Paragraph(tuple(Span(text) for text in texts)),)


def test_a_document_in_full():
    document = (
        Paragraph((Span("KR 1", strong=True), Span(": on track"))),
        Bullets(((Span("more", href="https://okr.example/1"),), (Span("7 of 9"),))),
    )
    paragraph = {"type": "paragraph"}
    assert adf(document) == {
        "version": 1,
        "type": "doc",
        "content": [
            paragraph
            | {
                "content": [
                    {"type": "text", "text": "KR 1", "marks": [{"type": "strong"}]},
                    {"type": "text", "text": ": on track"},
                ]
            },
            {
                "type": "bulletList",
                "content": [
                    {
                        "type": "listItem",
                        "content": [
                            paragraph
                            | {
                                "content": [
                                    {
                                        "type": "text",
                                        "text": "more",
                                        "marks": [
                                            {"type": "link", "attrs": {"href": "https://okr.example/1"}}
                                        ],
                                    }
                                ]
                            }
                        ],
                    },
                    {
                        "type": "listItem",
                        "content": [paragraph | {"content": [{"type": "text", "text": "7 of 9"}]}],
                    },
                ],
            },
        ],
    }


@settings(deadline=None, max_examples=150)
@given(DOCUMENTS)
def test_no_text_makes_anything_but_text_with_our_marks(document):
    found = list(nodes(adf(document)))
    assert {node["type"] for node in found} <= {"doc", "paragraph", "bulletList", "listItem", "text"}
    for node in found:
        if node["type"] == "text":
            assert node["text"]
            assert {mark["type"] for mark in node.get("marks", [])} <= {"strong", "link"}
            for mark in node.get("marks", []):
                assert mark.get("attrs", {"href": "https:"})["href"].startswith(("https:", "http:"))
        elif node["type"] != "doc":
            assert node["content"]
    json.dumps(found[0]).encode()


def test_an_address_that_is_no_web_address_leaves_the_text_without_a_link():
    document = (Paragraph((Span("click", href="javascript:alert(1)"),)),)
    assert adf(document)["content"][0]["content"] == [{"type": "text", "text": "click"}]


def test_control_and_direction_characters_go_and_line_breaks_become_spaces():
    assert adf(plain("a\x00b\u202ec\r\nd"))["content"][0]["content"][0]["text"] == "abc  d"


def test_a_family_of_joined_emoji_stays_whole():
    assert adf(plain("👨‍👩‍👧"))["content"][0]["content"][0]["text"] == "👨‍👩‍👧"


def test_a_document_without_text_is_an_empty_one():
    assert adf(plain("", "\x00")) == {"version": 1, "type": "doc", "content": []}


def text_of(document):
    return "".join(node.get("text", "") for node in nodes(document))


def test_a_long_text_is_cut_with_an_ellipsis_below_twenty_thousand():
    text = text_of(adf(plain("x" * 50_000)))
    assert len(text) == 20_000
    assert text.endswith("x…")


def test_what_follows_the_cut_is_left_out():
    document = (*plain("x" * 50_000), Bullets(((Span("after"),),)))
    assert len(adf(document)["content"]) == 1


def test_many_short_spans_are_cut_by_their_serialised_length():
    line = tuple(Span("ab", strong=i % 2 == 0) for i in range(5_000))
    rendered = adf((Paragraph(line),))
    assert len(json.dumps(rendered, ensure_ascii=False, separators=(",", ":"))) <= 32_767
    assert text_of(rendered).endswith("…")


def test_characters_beyond_the_basic_plane_count_twice():
    size = len(json.dumps(adf(plain("😀" * 20_000)), ensure_ascii=False).encode("utf-16-le")) // 2
    assert size <= 32_767
