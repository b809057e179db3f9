// Opened from a folder, a page may start no worker. A frame takes its place, so that search works there too:
// it is given what a worker has, `postMessage` to its owner, `importScripts`, and messages as events.
if (location.protocol === "file:") {
  const loaded = (page, url) =>
    new Promise((resolve, reject) => {
      const script = page.createElement("script");
      script.src = url;
      script.onload = resolve;
      script.onerror = () => reject(new Error(`cannot load ${url}`));
      page.head.append(script);
    });

  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      this.ready = new Promise((resolve) => {
        frame.addEventListener("load", async () => {
          const inner = frame.contentWindow;
          inner.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
          inner.importScripts = (...urls) => Promise.all(urls.map((one) => loaded(frame.contentDocument, one)));
          await loaded(frame.contentDocument, url);
          resolve(inner);
        });
      });
      const attach = () => document.body.append(frame);
      document.body ? attach() : addEventListener("DOMContentLoaded", attach);
    }

    postMessage(data) {
      this.ready.then((inner) => inner.dispatchEvent(new MessageEvent("message", { data })));
    }
  };
}
