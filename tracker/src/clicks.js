import { add } from "./outbox.js";

/** Adds what a click did, or with `FORMS` a submit: a download, a link to elsewhere, an event declared in the page. */
export const look = (click) =>
  // The left and the middle button; Enter on a link comes as a click. A move of the pointer has the button -1.
  (click.button in [1, 1] || (FORMS && click.type == "submit")) &&
  // The composed path leads through shadow roots, where `target` stops.
  click.composedPath().map((node) => {
    // Of all nodes only links have a hostname; that of mailto: and the like is empty.
    const file = DOWNLOADS.test(node.pathname);
    if (node.hostname && (file || node.hostname != location.hostname))
      // The query of a link may hold secrets.
      add(file ? "file_download" : "outbound_link", { url: node.origin + node.pathname });

    const properties = {};
    for (const { name, value } of node.attributes || []) {
      const key = name.split("data-analytics-")[1];
      if (key) properties[key] = value;
    }
    // The collector takes the name out of `event`. Of all nodes only forms have `submit`; a click into one sends nothing.
    if (properties.event && !node.submit == (FORMS ? click.type != "submit" : true)) add("custom", properties);
  });
