/** On-screen keyboards of iOS cover the page without telling the layout: this tells it. */

export function followVisibleHeight() {
  const viewport = window.visualViewport;
  if (!viewport) return;
  const follow = () => {
    // iOS moves the page up to show the textbox, which is in sight once the page is as high as what is visible
    if (viewport.scale === 1) window.scrollTo(0, 0);
    // a pinch zoom makes the viewport smaller too, and must not make the layout smaller
    const height = viewport.scale === 1 ? `${viewport.height}px` : "";
    document.documentElement.style.setProperty("--visible-height", height);
  };
  viewport.addEventListener("resize", follow);
}
