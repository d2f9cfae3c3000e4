import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { notify } from "../src/edge/notification.js";

const browser = /** @type {any} */ (globalThis);
const shown = /** @type {string[][]} */ ([]);

/** @param {NotificationPermission} permission @param {boolean} isAndroid */
function use(permission, isAndroid = false) {
  browser.Notification = class {
    static permission = permission;
    /** @param {string} title @param {{ body: string }} options */
    constructor(title, { body }) {
      if (isAndroid) throw new TypeError("Illegal constructor");
      shown.push(["page", title, body]);
    }
  };
}

/** @param {object | undefined} serviceWorker */
function withWorker(serviceWorker) {
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: { serviceWorker } });
}

afterEach(() => {
  shown.length = 0;
  delete browser.Notification;
});

test("nobody is notified who has not allowed it, or whose browser cannot", async () => {
  await notify("Nexus", "Ready");
  for (const permission of /** @type {const} */ (["default", "denied"])) {
    use(permission);
    await notify("Nexus", "Ready");
  }

  assert.deepEqual(shown, []);
});

test("a notification comes from the page, or from its service worker where pages may not, or not at all", async () => {
  const showNotification = async (/** @type {string} */ title, /** @type {{ body: string }} */ { body }) => void shown.push(["worker", title, body]);
  use("granted");
  await notify("Nexus", "Ready");
  use("granted", true);
  withWorker({ getRegistration: async () => ({ showNotification }) });
  await notify("Nexus", "Ready");
  withWorker(undefined);
  await notify("Nexus", "Ready");
  withWorker({ getRegistration: () => Promise.reject(new DOMException("", "SecurityError")) });
  await notify("Nexus", "Ready");

  assert.deepEqual(shown, [["page", "Nexus", "Ready"], ["worker", "Nexus", "Ready"]]);
});
