/** Numbers as people read them. */

import type { Region, Slide } from "../api/types";

const KB = 1000;

/** "1.25×", "10×": never more digits than mean something. */
export function magnification(value: number): string {
  return `${significant(value, value < 1 ? 2 : 3)}×`;
}

/** "0.5 µm", "512 µm", "1.2 mm". */
export function length(micrometres: number): string {
  if (micrometres < 1000) return `${significant(micrometres, 3)} µm`;
  return `${significant(micrometres / 1000, 3)} mm`;
}

/** "512 × 512 µm", or pixels when nobody knows the pixel size. */
export function size(region: Region, slide: Pick<Slide, "mpp_x" | "mpp_y">): string {
  const { width, height } = region;
  if (!slide.mpp_x || !slide.mpp_y) return `${whole(width)} × ${whole(height)} px`;
  return pair(width * slide.mpp_x, height * slide.mpp_y);
}

function pair(across: number, down: number): string {
  const isLarge = Math.max(across, down) >= 1000;
  const unit = isLarge ? 1000 : 1;
  const numbers = [across, down].map((value) => significant(value / unit, 3));
  return `${numbers.join(" × ")} ${isLarge ? "mm" : "µm"}`;
}

/** Nothing on it stands out: what is counted as tissue then is the whole of it. */
export function isBlank(slide: Pick<Slide, "notes">): boolean {
  return slide.notes.some(({ code }) => code === "SLIDE_NO_TISSUE");
}

/** "Hamamatsu", "tiled TIFF"; the vendor only where it says more than the format. */
export function formatWords(slide: Pick<Slide, "format" | "vendor">): string {
  const { format, vendor } = slide;
  const isKnown = vendor && !/^(none|dicom|generic.*)$/.test(vendor);
  const isNew = isKnown && !format.toLowerCase().includes(vendor.toLowerCase());
  return [format, isNew ? vendor : ""].filter(Boolean).join(", ") || "unknown";
}

/** "1.4 cm²" of tissue; null when size or tissue is unknown, or nothing is found. */
export function tissueArea(slide: Slide): string | null {
  const { mpp_x, mpp_y, width, height, tissue_share } = slide;
  if (isBlank(slide)) return null;
  if (!mpp_x || !mpp_y || !width || !height || tissue_share === null) return null;
  const mm2 = (width * mpp_x * height * mpp_y * tissue_share) / 1e6;
  return mm2 >= 100 ? `${significant(mm2 / 100, 2)} cm²` : `${significant(mm2, 2)} mm²`;
}

/** "3.1 GB": powers of ten, as file managers show them. */
export function bytes(count: number): string {
  if (count < KB) return `${count} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = count / KB;
  let unit = 0;
  while (value >= KB && unit < units.length - 1) {
    value /= KB;
    unit += 1;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** "8 s", "2 min 5 s", "1 h 3 min". */
export function duration(seconds: number): string {
  const total = Math.max(0, Math.round(seconds));
  if (total < 60) return `${total} s`;
  const minutes = Math.floor(total / 60);
  if (minutes < 60) return `${minutes} min ${total % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** "just now", "3 min ago", "2 h ago", "5 days ago". */
export function ago(then: string, now: number): string {
  const seconds = (now - Date.parse(then)) / 1000;
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  const days = Math.floor(seconds / 86_400);
  return days === 1 ? "yesterday" : `${days} days ago`;
}

/** "10:32" as the reader's clock shows it. */
export function clock(then: string): string {
  return new Date(then).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

/** "9 %", "0.4 %", "less than 0.1 %": a measured share, never a probability. */
export function share(value: number): string {
  const percent = value * 100;
  if (percent > 0 && percent < 0.1) return "less than 0.1 %";
  if (percent > 99.5 && percent < 100) return "more than 99 %";
  return `${percent < 10 ? significant(percent, 2) : Math.round(percent)} %`;
}

/** At most so many digits that mean something, without zeros at the end. */
export function significant(value: number, digits: number): string {
  if (!Number.isFinite(value)) return "?";
  if (value === 0) return "0";
  const rounded = Number(value.toPrecision(digits));
  return rounded.toLocaleString("en", { maximumFractionDigits: 6, useGrouping: false });
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString("en").replaceAll(",", "\u202f");
}

/** 0 to 359 degrees, clockwise. */
export function degrees(radians: number): number {
  return ((Math.round((radians * 180) / Math.PI) % 360) + 360) % 360;
}
