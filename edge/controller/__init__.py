"""The one place where things are decided: `decide(state, event) -> (state, commands)`.

Pure: no clock, no thread, no I/O. What happened comes in as events that carry their time; what is
to be done goes out as commands; `view(state)` is what everybody shows.
"""

from edge.controller.decide import decide
from edge.controller.state import Policy, State, begin
from edge.controller.view import view

__all__ = ["Policy", "State", "begin", "decide", "view"]
