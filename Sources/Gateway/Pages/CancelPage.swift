import HTTPTypes
import Hummingbird

/// The page behind the link in a notice. The code stands behind `#`, which browsers send nobody, and
/// nothing happens before the button is pressed: mail systems open links.
enum CancelPage {
  /// The page or its script; `nil` for other paths.
  static func response(to target: String) -> Response? {
    switch target.prefix(while: { $0 != "?" }) {
    case "/cancel": PasskeyPage.answer(markup, type: "text/html; charset=utf-8")
    case "/cancel.js": PasskeyPage.answer(script, type: "text/javascript; charset=utf-8")
    default: nil
    }
  }

  private static let markup = #"""
    <!doctype html>
    <html lang="en">
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Holdfast: cancel a change</title>
    <style>
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem; }
      input { font: inherit; width: 100%; box-sizing: border-box; }
      button { font: inherit; margin: 1rem 0; }
      #state { font-weight: bold; }
    </style>
    <h1>It was not you?</h1>
    <p>Cancelling takes back the change that you were told of and every other that can still be cancelled.
      Withdrawals that wait end, and the money stays in your account. Nothing can be withdrawn and nothing
      changed until you or our staff end that.</p>
    <label>Code from the notice <input id="code" autocomplete="off" spellcheck="false"></label>
    <button id="cancel" type="button">Cancel the change and hold my account</button>
    <p id="state" role="status"></p>
    <script src="/cancel.js"></script>
    </html>

    """#

  private static let script = #"""
    "use strict";
    const code = document.getElementById("code");
    const state = document.getElementById("state");
    const button = document.getElementById("cancel");
    code.value = location.hash.slice(1);
    history.replaceState(null, "", location.pathname);
    button.addEventListener("click", async () => {
      button.disabled = true;
      state.textContent = "…";
      try {
        const response = await fetch("/api/v5/holdfast/cancel-change", {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ code: code.value.trim() }),
        });
        const answer = await response.json();
        if (answer.code === "0") {
          state.textContent = "Cancelled. Your account is held: speak with us.";
          return;
        }
        state.textContent = answer.msg + " Answer the notice itself with the code in it, or call us.";
      } catch (error) {
        state.textContent = "No answer. Answer the notice itself with the code in it, or call us.";
      }
      button.disabled = false;
    });

    """#
}
