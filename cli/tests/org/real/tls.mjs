// A Salesforce on loopback that answers over https: the real client signs in with an auth URL at no
// other. Arguments: certificate, key, port of the server behind it. Prints its own port.
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { createServer } from "node:tls";

const [certificate, key, port] = process.argv.slice(2);
const server = createServer(
  { cert: readFileSync(certificate), key: readFileSync(key) },
  (client) => {
    const behind = connect(Number(port), "127.0.0.1");
    client.pipe(behind).pipe(client);
    client.on("error", () => behind.destroy());
    behind.on("error", () => client.destroy());
  },
);
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
