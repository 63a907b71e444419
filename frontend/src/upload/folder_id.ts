/** A random UUID, also on pages without HTTPS, where browsers offer none. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const version = 0x40 | ((bytes[6] ?? 0) & 0x0f);
  const variant = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  bytes[6] = version;
  bytes[8] = variant;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
