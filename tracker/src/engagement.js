let engaged;
let since;
let least;

/** Adds the time since the last look, at most a minute of it, if the page was visible and had the focus then. */
export const look = () => {
  engaged += since && Math.min(performance.now() - since, 6e4);
  since = !document.hidden && document.hasFocus() && performance.now();
};
