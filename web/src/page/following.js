/** Keeps a scrolled box at its end while it grows, until somebody wants to look elsewhere. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { isFollowingAfterScroll, isTurningBack } from "../core/scrolling.js";

export function useFollowing() {
  const scroller = useRef(/** @type {HTMLElement | null} */ (null));
  const content = useRef(/** @type {HTMLElement | null} */ (null));
  const following = useRef(true);
  const [isFollowing, setFollowing] = useState(true);

  /** @param {boolean} value */
  const setBoth = (value) => {
    following.current = value;
    setFollowing(value);
  };
  const follow = () => {
    setBoth(true);
    if (scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight;
  };

  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box || !content.current) return;
    let previous = extentOf(box);
    const look = () => {
      const extent = extentOf(box);
      setBoth(isFollowingAfterScroll(following.current, extent, previous));
      previous = extent;
    };
    // what the reader's hand does counts at once: the scrolling that it causes may come a frame later
    const onIntent = (/** @type {Event} */ event) => {
      const isScrollable = box.scrollHeight > box.clientHeight;
      const isBack = isTurningBack(event.type === "touchmove" ? { type: "touchmove", deltaY: fingerDelta(event) } : event);
      if (following.current && isScrollable && isBack) setBoth(false);
    };
    let fingerY = 0;
    const onTouch = (/** @type {Event} */ event) => void (fingerY = yOf(event));
    const fingerDelta = (/** @type {Event} */ event) => {
      const before = fingerY;
      onTouch(event);
      return before - fingerY;
    };
    // what is unfolded, or opened in place of another, is to be read where it is
    const onUnfold = (/** @type {Event} */ event) => {
      if (following.current && /** @type {Element} */ (event.target).closest(".unfold, .versions")) setBoth(false);
    };
    const onSelection = () => {
      if (following.current && hasSelectionIn(box)) setBoth(false);
    };
    const growth = new ResizeObserver(() => {
      // the reader, or a search of the browser, may have scrolled since the last event
      look();
      if (!following.current) return;
      box.scrollTop = box.scrollHeight;
      previous = extentOf(box);
    });
    const intents = ["wheel", "touchmove", "keydown"];
    for (const type of intents) box.addEventListener(type, onIntent, { passive: true });
    box.addEventListener("touchstart", onTouch, { passive: true });
    box.addEventListener("click", onUnfold);
    box.addEventListener("scroll", look, { passive: true });
    document.addEventListener("selectionchange", onSelection);
    growth.observe(content.current);
    growth.observe(box);
    return () => {
      for (const type of intents) box.removeEventListener(type, onIntent);
      box.removeEventListener("touchstart", onTouch);
      box.removeEventListener("click", onUnfold);
      box.removeEventListener("scroll", look);
      document.removeEventListener("selectionchange", onSelection);
      growth.disconnect();
    };
  }, []);

  return { scroller, content, isFollowing, follow };
}

/** @param {Event} event  of a touch */
function yOf(event) {
  return /** @type {TouchEvent} */ (event).touches[0].clientY;
}

/** @param {HTMLElement} box */
function extentOf({ scrollTop, scrollHeight, clientHeight }) {
  return { scrollTop, scrollHeight, clientHeight };
}

/** @param {HTMLElement} box */
function hasSelectionIn(box) {
  const selection = getSelection();
  return selection !== null && !selection.isCollapsed && selection.containsNode(box, true);
}
