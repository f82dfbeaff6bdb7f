"""The renderer: makes HTML of Markdown, with a library that comes in the same package."""

from __future__ import annotations

import markdown_it

from thespian.actors import ActorAddress, ActorTypeDispatcher


class Renderer(ActorTypeDispatcher):
    """Takes Markdown, and answers with HTML and the name that its library's module has here."""

    def receiveMsg_str(self, text: str, sender: ActorAddress) -> None:
        """Answer."""
        self.send(sender, (markdown_it.MarkdownIt().render(text), markdown_it.__name__))
