from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import pytest
from pydantic import Field, ValidationError

from bridge.config.types import Section
from bridge.config.wording import description, dotted, known, nearest, problems, value_at


class Cat(Section):
    sort: Literal["cat"]
    lives: int = Field(default=9, ge=1, description="How many are left.")


class Dog(Section):
    sort: Literal["dog"]
    bark: str


Animal = Annotated[Cat | Dog, Field(discriminator="sort")]


class House(Section):
    animals: Mapping[str, Animal] = Field(default={}, description="Who lives here.")
    rooms: tuple[Cat, ...] = ()
    guest: Dog | None = None


KNOWN = {
    "the file": ((), ("animals", "rooms", "guest")),
    "a table by name": (("animals",), ()),
    "a member of a union": (("animals", "tom"), ("sort", "lives", "bark")),
    "an entry of a list": (("rooms", 3), ("sort", "lives")),
    "what may be absent": (("guest",), ("sort", "bark")),
    "nowhere": (("guest", "x", "y"), ()),
}


@pytest.mark.parametrize(("place", "names"), KNOWN.values(), ids=KNOWN)
def test_the_keys_that_may_stand_at_a_place_are_known(place, names):
    assert known(House, place) == names


def test_what_a_key_is_for_is_known_too():
    assert description(House, ("animals", "tom", "lives")) == "How many are left"
    assert description(House, ("animals",)) == "Who lives here"
    assert description(House, ("guest", "bark")) == ""


TOLD = {
    "in a union": ({"animals": {"tom": {"sort": "cat", "lives": 0}}}, "animals.tom.lives", "at least 1"),
    "missing in a union": ({"animals": {"rex": {"sort": "dog"}}}, "animals.rex.bark", "is missing"),
    "a name like a member": ({"animals": {"cat": {"sort": "cat", "x": 1}}}, "animals.cat.x", "unknown key"),
    "in a list": ({"rooms": ({"sort": "cat", "livs": 1},)}, "rooms.0.livs", "did you mean lives?"),
    "a list that is none": ({"rooms": 3}, "rooms", "must be a list, in [ ]"),
    "what may be absent": ({"guest": {"sort": "dog", "bark": 1}}, "guest.bark", "must be text, in quotes"),
}


@pytest.mark.parametrize(("data", "place", "said"), TOLD.values(), ids=TOLD)
def test_a_place_is_that_of_the_file_and_not_of_the_models(data, place, said):
    with pytest.raises(ValidationError) as caught:
        House.model_validate(data)
    (problem,) = problems(caught.value, House, data, "f.toml")
    assert problem.place == f"f.toml: {place}"
    assert said in problem.message


NEAREST = {
    "a letter left out": ("tokn", "wrong, did you mean token?"),
    "in capitals": ("TOKEN", "wrong, did you mean token?"),
    "nothing like it": ("zzz", "wrong"),
    "no word at all": (3, "wrong"),
}


@pytest.mark.parametrize(("given", "said"), NEAREST.values(), ids=NEAREST)
def test_the_nearest_name_is_offered_where_one_is_near(given, said):
    assert nearest("wrong", given, ["url", "token"]) == (said, "")


def test_a_key_that_would_break_a_line_does_not():
    assert dotted(("a", 0, "b\nc\x1b[31m")) == "a.0.b?c?[31m"


@pytest.mark.parametrize("place", [("a", 5), ("a", "x"), ("b",), ("a", 0, "x")])
def test_a_place_that_is_not_there_has_no_value(place):
    assert value_at({"a": (1,)}, place) is None
    assert value_at({"a": (1,)}, ("a", 0)) == 1
