import pytest

from mappings.jira_jql import Clause, Many, Not, Untold, parse


def one(field, *values, empty=False, negated=False):
    return Clause(field, values, empty, negated)


CLAUSES = {
    "equals": ("status = Done", one("status", "Done")),
    "without spaces": ("status=Done", one("status", "Done")),
    "in quotes": ('status = "In Progress"', one("status", "In Progress")),
    "in single quotes": ("'Epic Link' = A-1", one("Epic Link", "A-1")),
    "not": ("status != Done", one("status", "Done", negated=True)),
    "in a list": ("labels in (a, 'b c')", one("labels", "a", "b c")),
    "not in a list": ("labels NOT IN (a, b)", one("labels", "a", "b", negated=True)),
    "in a single value": ("labels in a", one("labels", "a")),
    "empty": ("labels is EMPTY", one("labels", empty=True)),
    "null": ("labels = null", one("labels", empty=True)),
    "not empty": ("labels is not empty", one("labels", empty=True, negated=True)),
    "in a list with empty": ("labels in (a, EMPTY)", one("labels", "a", empty=True)),
    "a quoted word is a word": ('labels = "EMPTY"', one("labels", "EMPTY")),
    "unresolved": ("resolution = Unresolved", one("resolution", empty=True)),
    "by id": ("cf[10024] = 5", one("cf[10024]", "5")),
    "with the kind of the field": ('"Story Points[Number]" = 5', one("Story Points[Number]", "5")),
    "escapes": (r'labels = "a\"b\\c\u4e2d"', one("labels", 'a"b\\c中')),
    "Chinese": ("状态 = 完成", one("状态", "完成")),
    "a key": ("parent = SHOP-12", one("parent", "SHOP-12")),
    "in parentheses": ("((status = Done))", one("status", "Done")),
    "with an order": ("status = Done ORDER BY rank, key DESC", one("status", "Done")),
}


@pytest.mark.parametrize(("text", "clause"), CLAUSES.values(), ids=CLAUSES)
def test_a_clause(text, clause):
    assert parse(text) == clause


A, B, C = (one("labels", name) for name in "abc")
JOINED = {
    "and binds before or": ("labels = a or labels = b and labels = c", Many("or", (A, Many("and", (B, C))))),
    "parentheses bind first": (
        "(labels = a OR labels = b) AND labels = c",
        Many("and", (Many("or", (A, B)), C)),
    ),
    "in signs": ("labels = a || labels = b && labels = c", Many("or", (A, Many("and", (B, C))))),
    "not binds most": ("not labels = a and labels = b", Many("and", (Not(A), B))),
    "not by sign": ("!(labels = a)", Not(A)),
    "not twice": ("not not labels = a", Not(Not(A))),
}


@pytest.mark.parametrize(("text", "query"), JOINED.values(), ids=JOINED)
def test_clauses_are_joined_as_in_jira(text, query):
    assert parse(text) == query


UNTOLD = {
    "a function": ("sprint in openSprints()", "openSprints() is a function"),
    "a function with arguments": ('issue in linkedIssues("A-1")', "linkedIssues() is a function"),
    "the person who asks": ("assignee = currentUser()", "currentUser()"),
    "a comparison": ("updated >= -7d", "updated >=: compares"),
    "a text search": ("summary ~ card", "summary ~: compares, or searches text"),
    "the history": ("status was Done", "status was or changed: asks for the history"),
    "changes": ("status changed after -1w", "status was or changed"),
    "nothing": ("  ", "restricts nothing"),
    "an order alone": ("order by key", "restricts nothing"),
    "half a clause": ("status =", "ends too early"),
    "no operator": ("status Done", "not understood from 'Done' on"),
    "an open parenthesis": ("(status = Done", "ends too early"),
    "two clauses, not joined": ("status = Done labels = a", "not understood from 'labels = a' on"),
    "an open quote": ('status = "Done', "not understood"),
    "no value in a list": ("labels in ()", "not understood"),
}


@pytest.mark.parametrize(("text", "reason"), UNTOLD.values(), ids=UNTOLD)
def test_what_an_item_cannot_tell_is_said_with_the_reason(text, reason):
    with pytest.raises(Untold) as found:
        parse(text)
    assert reason in str(found.value)


def test_a_clause_reads_like_a_query():
    assert str(one("labels", "a", empty=True, negated=True)) == 'labels not in ("a", EMPTY)'
