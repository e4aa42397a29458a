// An AT Protocol network of this run alone (PLC + PDS + AppView + bsync + ozone in one process),
// on free loopback ports, without demo accounts.
//
//   node network.mjs FOLDER     FOLDER/ready.json is written when every service answers
//
// A small control service beside it does what no service of the network offers:
//   POST /settle         returns when the AppView has read everything that the PDS wrote
//   POST /pds/restart    the PDS goes away (sockets and all) and comes back with its data
import { createServer } from "node:http";
import { Server } from "node:net";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { randomBytes } from "node:crypto";

const LOOPBACK = "127.0.0.1";

// The services name a port and no address, which would be every address of the machine.
const listen = Server.prototype.listen;
Server.prototype.listen = function (first, ...rest) {
  if (typeof first === "number" && typeof rest[0] !== "string") {
    return listen.call(this, first, LOOPBACK, ...rest);
  }
  if (first !== null && typeof first === "object" && "port" in first && !first.host) {
    return listen.call(this, { ...first, host: LOOPBACK }, ...rest);
  }
  return listen.call(this, first, ...rest);
};

const { TestNetwork, TestPds, mockMailer, mockNetworkUtilities } = await import(
  "@atproto/dev-env"
);

const folder = process.argv[2];

// A PDS of the kit makes up its folder and its key, and could not come back: ours are told to it,
// and remembered.
const create = TestPds.create;
let told;
TestPds.create = async (config) => {
  const home = join(folder, `pds-${config.port}`);
  await mkdir(join(home, "data"), { recursive: true });
  told = {
    dataDirectory: join(home, "data"),
    blobstoreDiskLocation: join(home, "blobs"),
    plcRotationKeyK256PrivateKeyHex: randomBytes(32).toString("hex"),
    ...config,
  };
  return create.call(TestPds, told);
};

const network = await TestNetwork.create({
  pds: { hostname: "localhost", enableDidDocWithSession: true },
  bsky: { dbPostgresSchema: "bsky" },
});
mockMailer(network.pds);
const mainPds = told;

async function restartPds() {
  await network.pds.close();
  network.pds = await create.call(TestPds, mainPds);
  mockMailer(network.pds);
  mockNetworkUtilities(network.pds, network.bsky);
}

const does = {
  "POST /settle": () => network.processAll(60_000),
  "POST /pds/restart": restartPds,
};
const control = createServer(async (request, response) => {
  const action = does[`${request.method} ${request.url}`];
  try {
    if (action) await action();
    response.writeHead(action ? 200 : 404).end();
  } catch (error) {
    console.error(error);
    response.writeHead(500).end(String(error));
  }
});
await new Promise((resolve) => control.listen(0, LOOPBACK, resolve));

const at = (port) => `http://localhost:${port}`;
const ready = {
  plc: at(network.plc.port),
  pds: at(network.pds.port),
  appview: at(network.bsky.port),
  control: at(control.address().port),
  admin: ["admin", "admin-pass"],
};
await writeFile(join(folder, "ready.part"), JSON.stringify(ready));
await rename(join(folder, "ready.part"), join(folder, "ready.json"));

// Nothing of a run is kept, so there is nothing to close in order.
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => process.exit(0));
