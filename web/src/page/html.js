/** Components are written as HTML in template strings: no inline code, nothing for a policy to forbid. */

import htm from "htm";
import { h } from "preact";

export const html = htm.bind(h);
