import { path, referrer } from "../page.js";

/** The current view as beep-analytics' collect takes it. */
export const toWire = () => ({ path, referrer, screen: screen.width + "x" + screen.height });
