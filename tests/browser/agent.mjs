// Debian's snmpd as an agent that is not ours, with an interface whose octets grow at a known rate.
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ended } from './harness.mjs';

const SNMPD = '/usr/sbin/snmpd';
/** What `lo` receives and sends by the agent's word, in bytes a second. */
export const IN_BYTES = 100_000;
export const OUT_BYTES = 40_000;
/** `ifHCInOctets` and `ifHCOutOctets`. */
const COLUMNS = [['.1.3.6.1.2.1.31.1.1.1.6', IN_BYTES], ['.1.3.6.1.2.1.31.1.1.1.10', OUT_BYTES]];
/** Answers for one column with one row; the tests in Rust run the same. */
const COUNTER = join(dirname(fileURLToPath(import.meta.url)), '../snmpd/counter.sh');

const freePort = () =>
  new Promise((done, fail) => {
    const socket = createSocket('udp4').once('error', fail);
    socket.bind(0, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => done(port));
    });
  });

/** Starts one on a free port; it can be stopped and started again there. */
export async function startAgent() {
  if (!existsSync(SNMPD)) throw new Error(`${SNMPD} is missing; install Debian's "snmpd"`);
  const folder = await mkdtemp(join(tmpdir(), 'tierwatch-agent-'));
  const script = join(folder, 'counter');
  await copyFile(COUNTER, script);
  await chmod(script, 0o755);
  const row = (await readFile('/sys/class/net/lo/ifindex', 'utf8')).trim();
  const passes = COLUMNS.map(([column, rate]) => `pass -p 1 ${column} ${script} ${column} ${rate} ${row}\n`);
  await writeFile(join(folder, 'agent.conf'), `rocommunity public\nsysServices 72\nsysName foreign\n${passes.join('')}`);
  const address = `127.0.0.1:${await freePort()}`;
  let child;
  const start = async () => {
    await rm(join(folder, 'pid'), { force: true });
    child = spawn(SNMPD, ['-f', '-C', '-Ln', '-c', join(folder, 'agent.conf'), '-p', join(folder, 'pid'), `udp:${address}`], { env: { ...process.env, SNMP_PERSISTENT_DIR: folder }, stdio: 'ignore' });
  };
  const stop = () => ended(child);
  const remove = async () => {
    await stop();
    await rm(folder, { recursive: true, force: true });
  };
  await start();
  return { address, start, stop, remove };
}
