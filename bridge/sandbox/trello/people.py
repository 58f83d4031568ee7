"""Who there is on an embedded Trello: the bridge's account, and a person."""

ME, PERSON = "5f00000000000000000000a1", "5f00000000000000000000b2"
PEOPLE = {ME: ("okrbridge", "OKR bridge"), PERSON: ("mei", "Mei 梅")}
