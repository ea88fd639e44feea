import { add } from "./outbox.js";

let marks;

/** A new view has no marks yet. */
export const reset = () => {
  marks = 0;
};

/** Adds scroll_25, scroll_50 and scroll_75, each once a view, when the document was really scrolled that far. */
export const look = (event) => {
  // Pages grow: the height is read anew each time. Only an event of the document has a scrolling element; a page at
  // its top was not scrolled, whatever a router did to it.
  while (
    marks < 3 &&
    ((scrollY && scrollY + innerHeight) / event.target?.scrollingElement?.scrollHeight) * 4 > marks + 1
  )
    add("scroll_" + ++marks * 25);
};
