"""What the page offers to be asked."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from pages import HOSTILE, LIGHTHOUSE, PHARE, FakeAssistant, FakeLibrary, article
from test_conversation import ask, make_desk, talk

from index import StoreError
from ui.conversation import Conversation
from ui.suggestions import Suggestions


def test_only_questions_that_get_a_quote_open_the_page() -> None:
    library = FakeLibrary(shelf=(LIGHTHOUSE, PHARE, HOSTILE, article("mill", "The mill is sold", "x")))
    assistant = FakeAssistant(library)
    suggestions = Suggestions(library, assistant)
    assert suggestions.opening(5) == [
        "What do the articles say about “The lighthouse of Skerrow is lit again”?",
        "Que disent les articles de « Le phare rallumé » ?",
    ]
    asked = len(assistant.asked)
    assert len(suggestions.opening(1)) == 1 and len(assistant.asked) == asked == 4
    library.remove(["lighthouse"])
    assert suggestions.opening(5) == ["Que disent les articles de « Le phare rallumé » ?"]


def test_nothing_is_tried_while_somebody_waits_for_an_answer() -> None:
    library = FakeLibrary(shelf=(LIGHTHOUSE, PHARE))
    assistant = FakeAssistant(library)
    suggestions = Suggestions(library, assistant)
    found: list[str] = []
    trying = threading.Thread(target=lambda: found.extend(suggestions.opening(5)))
    with suggestions.giving_way(), suggestions.giving_way():
        trying.start()
        trying.join(0.3)
        assert trying.is_alive() and not assistant.asked
    trying.join(10)
    assert len(found) == 2
    with suggestions.giving_way():  # an answer that takes for ever does not keep them back for ever
        library.shelf = (PHARE,)
        assert len(suggestions.opening(5)) == 1


def test_without_one_who_quotes_nothing_is_offered() -> None:
    assert Suggestions(FakeLibrary(), None).opening(5) == []


def test_trouble_offers_nothing_and_raises_nothing() -> None:
    library = FakeLibrary()
    assert Suggestions(library, FakeAssistant(library, StoreError("The disk is full."))).opening(5) == []
    assert Suggestions(library, FakeAssistant(library, ZeroDivisionError())).opening(5) == []


class Fixed(Suggestions):
    """Offer always the same."""

    def following(self, conversation: Conversation, exchange: object) -> Sequence[str]:
        return ("And <b>phare</b>?",)


def test_what_is_offered_stands_below_the_last_answer_only_and_is_kept(tmp_path: Path) -> None:
    desk, conversation = make_desk(folder=tmp_path), talk()
    object.__setattr__(desk, "suggestions", Fixed(desk.library, None))
    ask(desk, conversation, "lighthouse?")
    assert desk.suggest(conversation) and not desk.suggest(conversation)
    assert 'class="followup"' in conversation.messages()[1]["content"]
    assert "<b>" not in conversation.messages()[1]["content"]
    again = talk()
    desk.memory.recall(again, conversation.id)
    assert again.messages() == conversation.messages()
    ask(desk, conversation, "phare?")
    assert "followup" not in str(conversation.messages())
    conversation.begin("going on?")
    assert not desk.suggest(conversation)
