/** On-screen keyboards of iOS cover the page without telling the layout: this tells it. */

export function followVisibleHeight() {
  const viewport = window.visualViewport;
  if (!viewport) return;
  const follow = () => {
    // a pinch zoom makes the viewport smaller too, and must not make the layout smaller
    const height = viewport.scale === 1 ? `${viewport.height}px` : "";
    document.documentElement.style.setProperty("--visible-height", height);
  };
  viewport.addEventListener("resize", follow);
}
