/** Components whose code the first view does not wait for. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { words } from "../words/words.js";
import { html } from "./html.js";

/**
 * A component whose code comes when it is first drawn, or prepared. Where it does not come, the page says so in its place.
 * @template P
 * @param {() => Promise<import("preact").FunctionComponent<P>>} load
 */
export function later(load) {
  const component = signal(/** @type {import("preact").FunctionComponent<P> | null} */ (null));
  const hasFailed = signal(false);
  let loading = /** @type {Promise<void> | null} */ (null);

  /** Resolves also where the code does not come; whoever asks next tries again. */
  const prepare = () =>
    (loading ??= load().then(
      (loaded) => void (component.value = loaded),
      () => {
        hasFailed.value = true;
        loading = null;
      },
    ));

  /** @param {P} props */
  const Later = (props) => {
    useEffect(() => void prepare(), []);
    const { value: Component } = component;
    if (Component) return html`<${Component} ...${props} />`;
    return hasFailed.value ? html`<${NotLoaded} />` : null;
  };
  return Object.assign(Later, { prepare });
}

function NotLoaded() {
  return html`<p class="note">${words.NOT_LOADED} <button type="button" class="quiet" onClick=${() => location.reload()}>${words.RELOAD}</button></p>`;
}
