// Forms that end in a passkey: the browser makes or uses one, the form carries what it said. Without
// a script the buttons stay hidden, and every such page has another way.
export function usePasskeys() {
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) return;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const button = form.querySelector("button");
    button.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(form).then(
        (credential) => {
          form.elements.credential.value = JSON.stringify(credential);
          form.submit();
        },
        () => {
          form.querySelector("[role=alert]").hidden = false;
        },
      );
    });
  }
}

async function ask(form) {
  const kind = form.dataset.passkey;
  if (kind === "create") {
    const { publicKey } = data().creation_options;
    // With the box ticked the key must know who it belongs to and check that it is them.
    if (form.elements.passwordless?.checked)
      publicKey.authenticatorSelection = {
        ...publicKey.authenticatorSelection,
        residentKey: "required",
        requireResidentKey: true,
        userVerification: "required",
      };
    const options = PublicKeyCredential.parseCreationOptionsFromJSON(publicKey);
    return (await navigator.credentials.create({ publicKey: options })).toJSON();
  }
  const told = kind === "login" ? await fetched(form.action) : data();
  const { publicKey } = told.request_options;
  const options = PublicKeyCredential.parseRequestOptionsFromJSON(publicKey);
  return (await navigator.credentials.get({ publicKey: options })).toJSON();
}

function data() {
  return JSON.parse(document.getElementById("passkey-data").textContent);
}

async function fetched(address) {
  const response = await fetch(address, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error("no options");
  return response.json();
}
