from __future__ import annotations

from fakes.table import SOURCES, Table, plays

from edge.events import PlaylistNames


def test_a_playlist_whose_name_is_known_is_called_by_it(table: Table) -> None:
    table.tell(PlaylistNames(table.now, {SOURCES["happy"][0]: "Sunny Side"}))
    (wish,) = plays(table.see("happy", 30))
    assert wish.why.startswith("played Sunny Side: ")
