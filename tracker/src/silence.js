import { analytics, dataset } from "tag";
import { ownerIsAway } from "./owner.js";

/** Whether nothing may be sent: the page, the owner or the visitor's browser says so. */
export const silent = () =>
  analytics.off ||
  (OWNER && ownerIsAway) ||
  (!dataset.gpc && navigator.globalPrivacyControl) ||
  (!dataset.dnt && navigator.doNotTrack == 1);
