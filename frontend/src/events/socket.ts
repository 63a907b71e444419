/** A socket that comes back by itself and goes on after the last event it saw. */

export type Connection = "connecting" | "live" | "lost" | "closed";

export interface SocketOptions {
  /** Address without the query; "?after=<last id>" is added. */
  address: string;
  onFrame: (text: string) => void;
  onConnection: (state: Connection, retryInSeconds: number) => void;
  /** The id of the newest event that has been kept. */
  lastId: () => string;
  open?: (address: string) => WebSocket;
}

const FIRST_WAIT_S = 0.5;
const LONGEST_WAIT_S = 15;
const ENDED = 1000;
/** Below 4000 are the protocol's codes; ours say that there is nothing to see. */
const FIRST_OWN_CODE = 4000;

export class EventSocket {
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private isClosed = false;

  constructor(private readonly options: SocketOptions) {
    this.connect();
    globalThis.addEventListener?.("online", this.hurry);
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    globalThis.removeEventListener?.("online", this.hurry);
    this.socket?.close();
  }

  /** The network is back, or the person asks: no more waiting. */
  readonly hurry = (): void => {
    if (this.isClosed || this.socket) return;
    clearTimeout(this.timer);
    this.connect();
  };

  private connect(): void {
    const { address, lastId, open, onConnection, onFrame } = this.options;
    const query = `?after=${encodeURIComponent(lastId())}`;
    const socket = open?.(address + query) ?? new WebSocket(address + query);
    this.socket = socket;
    onConnection(this.failures ? "lost" : "connecting", 0);
    socket.onopen = () => {
      this.failures = 0;
      onConnection("live", 0);
    };
    socket.onmessage = (message) => onFrame(String(message.data));
    socket.onclose = (event) => this.onClose(event.code);
  }

  private onClose(code: number): void {
    this.socket = null;
    if (this.isClosed) return;
    if (code === ENDED || code >= FIRST_OWN_CODE) {
      this.close();
      this.options.onConnection("closed", 0);
      return;
    }
    const wait = waitSeconds(this.failures);
    this.failures += 1;
    this.options.onConnection("lost", wait);
    this.timer = setTimeout(() => this.connect(), wait * 1000);
  }
}

/** Longer each time, and not the same for everyone: all pages lose a server at once. */
export function waitSeconds(failures: number, random = Math.random()): number {
  const wait = Math.min(FIRST_WAIT_S * 2 ** failures, LONGEST_WAIT_S);
  return wait * (0.75 + random / 2);
}
