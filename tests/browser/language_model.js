// A stand-in for the browser's LanguageModel: https://webmachinelearning.github.io/prompt-api/
(() => {
  const standIn = { availability: "available", created: 0, finishDownload: () => {}, isEndless: false };
  window.standIn = standIn;

  function download(monitor, signal) {
    const target = new EventTarget();
    monitor?.(target);
    const tell = (loaded) => target.dispatchEvent(new ProgressEvent("downloadprogress", { loaded, total: 1 }));
    tell(0);
    if (standIn.availability === "available") return tell(1);
    standIn.availability = "downloading";
    tell(0.42);
    return new Promise((resolve, reject) => {
      standIn.finishDownload = () => resolve(tell(1));
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  }

  window.LanguageModel = {
    availability: async () => standIn.availability,
    create: async ({ monitor, signal, expectedOutputs }) => {
      if (!navigator.userActivation.hasBeenActive) throw new DOMException("", "NotAllowedError");
      if (!expectedOutputs[0].languages.length) throw new DOMException("", "NotSupportedError");
      standIn.created += 1;
      await download(monitor, signal);
      standIn.availability = "available";
      return {
        promptStreaming: (prompt, { signal }) =>
          new ReadableStream({
            start(controller) {
              controller.enqueue(`Locally: **${prompt}**`);
              controller.enqueue(" <img src=x onerror=alert(1)> [link](javascript:alert(1)) ![](https://evil.example/)");
              signal.addEventListener("abort", () => controller.error(signal.reason));
              if (!standIn.isEndless) controller.close();
            },
          }),
        destroy() {},
      };
    },
  };
})();
