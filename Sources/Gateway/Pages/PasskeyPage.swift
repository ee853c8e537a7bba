import HTTPTypes
import Hummingbird
import NIOCore

/// The page on which a customer makes a passkey and signs withdrawals with it: two files, no framework.
///
/// It reads the API key that the customer types into it, keeps it in the page alone, and works out for
/// itself the bytes that the passkey signs, from what it shows.
enum PasskeyPage {
  /// The page or its script; `nil` for other paths.
  static func response(to target: String) -> Response? {
    switch target.prefix(while: { $0 != "?" }) {
    case "/passkey": answer(markup, type: "text/html; charset=utf-8")
    case "/passkey.js": answer(script, type: "text/javascript; charset=utf-8")
    default: nil
    }
  }

  /// A page or script that loads and calls nothing but the exchange's own.
  static func answer(_ text: String, type: String) -> Response {
    var headers: HTTPFields = [
      .contentType: type, .contentLength: String(text.utf8.count), .cacheControl: "no-store",
      .xContentTypeOptions: "nosniff",
    ]
    if let policy = HTTPField.Name("Content-Security-Policy") {
      headers[policy] =
        "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; "
        + "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    }
    return Response(
      status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
  }

  private static let markup = #"""
    <!doctype html>
    <html lang="en">
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Holdfast: passkey</title>
    <style>
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem; }
      fieldset { margin: 1rem 0; border: 1px solid #999; }
      label { display: block; margin: .5rem 0; }
      input { font: inherit; width: 100%; box-sizing: border-box; }
      pre { background: #eee; color: #000; padding: .5rem; white-space: pre-wrap; overflow-wrap: anywhere; }
      #state { font-weight: bold; }
    </style>
    <h1>Passkey</h1>
    <p id="state" role="status">Enter your API key.</p>
    <fieldset id="connect">
      <legend>Your API key, with the permission to withdraw</legend>
      <label>Key <input id="key" autocomplete="off"></label>
      <label>Secret <input id="secret" type="password" autocomplete="off"></label>
      <label>Passphrase <input id="passphrase" type="password" autocomplete="off"></label>
      <button id="open" type="button">Open</button>
    </fieldset>
    <fieldset id="enrol" disabled>
      <legend>Make a passkey on this device</legend>
      <p>You are asked twice: to make it, and to prove that you have it. It replaces the key that your
        account has; withdrawals wait after that.</p>
      <button id="make" type="button">Make and enrol</button>
    </fieldset>
    <fieldset id="withdraw" disabled>
      <legend>Withdraw</legend>
      <label>Currency <input id="currency" value="BTC"></label>
      <label>Address <input id="address" autocomplete="off" spellcheck="false"></label>
      <label>Amount that arrives <input id="amount" inputmode="decimal"></label>
      <label>Highest fee on top <input id="fee" inputmode="decimal"></label>
      <label>Valid for, in hours <input id="hours" inputmode="numeric" value="168"></label>
      <button id="review" type="button">Review</button>
      <pre id="statement" hidden></pre>
      <button id="sign" type="button" disabled>Sign with the passkey and withdraw</button>
    </fieldset>
    <script src="/passkey.js"></script>
    </html>
    """#

  private static let script = #"""
    "use strict";
    const at = id => document.getElementById(id);
    const say = text => { at("state").textContent = text; };
    const utf8 = new TextEncoder();

    // One encoding of each statement: integers little-endian, texts and bytes behind a 32-bit length.
    const number = (value, count) => {
      const bytes = new Uint8Array(count);
      for (let i = 0, rest = BigInt(value); i < count; i++, rest >>= 8n) bytes[i] = Number(rest & 255n);
      return bytes;
    };
    const joined = parts => {
      const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
      let place = 0;
      for (const part of parts) { bytes.set(part, place); place += part.length; }
      return bytes;
    };
    const counted = bytes => joined([number(bytes.length, 4), bytes]);
    const text = value => counted(utf8.encode(value));
    const long = value => number(value, 8);
    const hash = async bytes => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

    const base64 = bytes => btoa(String.fromCharCode(...new Uint8Array(bytes)));
    const base64url = bytes =>
      base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    const fromBase64url = value => {
      const usual = value.replaceAll("-", "+").replaceAll("_", "/");
      return Uint8Array.from(atob(usual), letter => letter.charCodeAt(0));
    };

    // See OKX v5, "REST authentication".
    async function ask(method, path, body) {
      const time = new Date().toISOString();
      const content = body ? JSON.stringify(body) : "";
      const key = await crypto.subtle.importKey(
        "raw", utf8.encode(at("secret").value), {name: "HMAC", hash: "SHA-256"}, false, ["sign"]);
      const mac = await crypto.subtle.sign("HMAC", key, utf8.encode(time + method + path + content));
      const answer = await fetch(path, {
        method, body: body ? content : undefined, headers: {
          "Content-Type": "application/json", "OK-ACCESS-KEY": at("key").value,
          "OK-ACCESS-SIGN": base64(mac), "OK-ACCESS-TIMESTAMP": time,
          "OK-ACCESS-PASSPHRASE": at("passphrase").value,
        },
      });
      const read = await answer.json();
      if (read.code !== "0") throw new Error(read.code + ": " + read.msg);
      return read.data;
    }

    let account, statement;

    async function open() {
      [account] = await ask("GET", "/api/v5/holdfast/signing-key");
      if (!account.rpId) throw new Error("this exchange is not configured for passkeys");
      if (account.origin !== location.origin) throw new Error("open " + account.origin + "/passkey");
      at("enrol").disabled = false;
      at("withdraw").disabled = !account.kind.startsWith("passkey");
      say(account.kind ? "Your account's key: " + account.kind : "Your account has no key yet.");
    }

    async function assert(bytes, allowed) {
      const {response} = await navigator.credentials.get({publicKey: {
        challenge: await hash(bytes), rpId: account.rpId, userVerification: "required",
        allowCredentials: allowed ? [{type: "public-key", id: allowed}] : [],
      }});
      return {
        authenticatorData: base64url(response.authenticatorData),
        clientDataJSON: base64url(response.clientDataJSON), signature: base64url(response.signature),
      };
    }

    async function make() {
      const made = await navigator.credentials.create({publicKey: {
        rp: {id: account.rpId, name: "Holdfast"},
        user: {
          id: long(account.account), name: "account " + account.account,
          displayName: "account " + account.account,
        },
        challenge: fromBase64url(account.passkeyChallenge),
        pubKeyCredParams: [{type: "public-key", alg: -7}, {type: "public-key", alg: -8}],
        authenticatorSelection: {residentKey: "required", userVerification: "required"},
        attestation: "none",
      }});
      const kind = {"-7": [1, 64], "-8": [2, 32]}[made.response.getPublicKeyAlgorithm()];
      const point = new Uint8Array(made.response.getPublicKey()).slice(-kind[1]);
      const passkey = joined([
        number(kind[0], 1), text(account.rpId), text(account.origin), point]);
      const enrolment = joined([
        text("holdfast/enrolment/v1"), long(account.account), counted(passkey)]);
      say("Now prove that you have it.");
      await ask("POST", "/api/v5/holdfast/passkey", {
        attestationObject: base64url(made.response.attestationObject),
        clientDataJSON: base64url(made.response.clientDataJSON),
        assertion: await assert(enrolment, made.rawId),
      });
      await open();
      say("Enrolled: " + account.kind);
    }

    function units(value, decimals, name) {
      const found = /^(\d{1,12})(?:\.(\d+))?$/.exec(value.trim());
      const digits = found && (found[2] ?? "");
      if (!found || digits.length > decimals) {
        throw new Error(name + ": a decimal number of at most " + decimals + " decimals");
      }
      return BigInt(found[1] + digits.padEnd(decimals, "0"));
    }

    async function review() {
      const code = at("currency").value.trim();
      const [asset] = await ask(
        "GET", "/api/v5/asset/currencies?ccy=" + encodeURIComponent(code));
      const decimals = Number(asset.wdTickSz);
      const hours = Number(at("hours").value);
      if (!(hours > 0 && hours <= 720)) throw new Error("valid for: above 0 and up to 720 hours");
      [account] = await ask("GET", "/api/v5/holdfast/signing-key");
      const now = BigInt(Date.now()), last = BigInt(account.lastNonce);
      statement = {
        asset: code, chain: asset.chain, address: at("address").value.trim(),
        amount: at("amount").value.trim(), fee: at("fee").value.trim(),
        amountUnits: units(at("amount").value, decimals, "amount"),
        feeUnits: units(at("fee").value, decimals, "highest fee"),
        nonce: now > last ? now : last + 1n, until: now + BigInt(Math.round(hours * 3600000)),
      };
      at("statement").textContent =
        "Pay " + statement.amount + " " + code + " on " + asset.chain + "\nto " + statement.address
        + "\nfor a fee of at most " + statement.fee + " " + code + "\nuntil "
        + new Date(Number(statement.until)).toISOString() + "\nCompare every letter of the address.";
      at("statement").hidden = false;
      at("sign").disabled = false;
      say("Is this what you want?");
    }

    async function sign() {
      at("sign").disabled = true;
      const assertion = await assert(joined([
        text("holdfast/withdrawal/v1"), long(account.account), text(statement.asset),
        text(statement.chain), text(statement.address), long(statement.amountUnits),
        long(statement.feeUnits), long(statement.nonce), long(statement.until)]));
      const [row] = await ask("POST", "/api/v5/asset/withdrawal", {
        ccy: statement.asset, chain: statement.chain, dest: "4", toAddr: statement.address,
        amt: statement.amount, maxFee: statement.fee, nonce: String(statement.nonce),
        validUntil: String(statement.until), assertion,
      });
      say("Withdrawal " + row.wdId + (row.reason ? ": " + row.reason : " is on its way."));
    }

    for (const [id, action] of [["open", open], ["make", make], ["review", review], ["sign", sign]]) {
      at(id).addEventListener("click", () => action().catch(error => say(String(error.message))));
    }
    for (const id of ["currency", "address", "amount", "fee", "hours"]) {
      at(id).addEventListener("input", () => {
        at("sign").disabled = true;
        at("statement").hidden = true;
        statement = undefined;
      });
    }
    """#
}
