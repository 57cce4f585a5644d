"""The page as a widget of Jupyter and marimo, which tells Python what it shows."""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets

from ._explore import Explorer


class Widget(Explorer, anywidget.AnyWidget):
    """The page in a frame, as in `Explorer`, whose messages go to `_shown`."""

    _esm = """
    export default {
      render({ model, el }) {
        const frame = document.createElement("iframe");
        frame.title = "What a time step does to an Izhikevich neuron";
        frame.srcdoc = model.get("_page");
        frame.style.cssText = `width: 100%; height: ${model.get("height")}px; border: 0`;
        const hear = ({ source, data }) => {
          if (source !== frame.contentWindow || !data?.spikestep) return;
          model.set("_shown", data.spikestep);
          model.save_changes();
        };
        window.addEventListener("message", hear);
        el.append(frame);
        return () => window.removeEventListener("message", hear);
      },
    };
    """
    _page = traitlets.Unicode().tag(sync=True)
    _shown = traitlets.Dict().tag(sync=True)
    height = traitlets.Int().tag(sync=True)

    def __init__(self, page: str, height: int, shown: dict[str, Any]) -> None:
        anywidget.AnyWidget.__init__(self, _page=page, height=height, _shown=shown)
