/** Whether the owner asked this browser not to be counted. Truthy or not. */
export let ownerIsAway;

/**
 * Follows the address: `#analytics-off` leaves a mark in this browser's storage, `#analytics-on` removes it.
 * Nothing is stored before somebody asks for it.
 */
export const followOwner = () => {
  try {
    if (location.hash == "#analytics-off") localStorage.analyticsOff = 1;
    if (location.hash == "#analytics-on") localStorage.removeItem("analyticsOff");
    ownerIsAway = localStorage.analyticsOff;
  } catch {
    // A browser may refuse storage.
  }
};
