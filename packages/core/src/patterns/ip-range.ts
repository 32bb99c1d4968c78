const IPV4_DIGITS = 8;
const IPV6_DIGITS = 32;

// Java, which reads addresses in AWS, takes no longer text for a dotted IPv4 address. Zeros at the beginning of a part do not make it octal.
const MAX_IPV4_LENGTH = 15;

const LOOKS_LIKE_ADDRESS = /^(?:\d+\.\d+\.\d+\.\d+|[0-9a-fA-F:]*:[0-9a-fA-F:]*)$/;

const DOT = 0x2e;
const COLON = 0x3a;

/** Writes an IP address as hexadecimal digits: 8 for IPv4 (and IPv4 mapped into IPv6), 32 for IPv6. Returns how many, 0 when the text is no address. */
function readAddress(text: string, digits: Uint8Array): number {
  return text.includes(":") ? readIpv6(text, digits) : readIpv4(text, digits);
}

function readIpv4(text: string, digits: Uint8Array): number {
  if (text.length > MAX_IPV4_LENGTH) return 0;
  let count = 0;
  let part = -1;
  for (let i = 0; i <= text.length; i++) {
    const code = i === text.length ? DOT : text.charCodeAt(i);
    if (code === DOT) {
      if (part < 0 || count === IPV4_DIGITS) return 0;
      digits[count++] = part >> 4;
      digits[count++] = part & 15;
      part = -1;
      continue;
    }
    if (code < 0x30 || code > 0x39) return 0;
    part = Math.max(part, 0) * 10 + code - 0x30;
    if (part > 255) return 0;
  }
  return count === IPV4_DIGITS ? count : 0;
}

function readIpv6(text: string, digits: Uint8Array): number {
  let count = 0;
  let gap = -1;
  let group = -1;
  for (let i = 0; i <= text.length; i++) {
    const code = i === text.length ? COLON : text.charCodeAt(i);
    if (code !== COLON) {
      const digit = hexDigit(code);
      group = Math.max(group, 0) * 16 + digit;
      if (digit < 0 || group > 0xffff) return 0;
    } else if (group >= 0) {
      if (count === IPV6_DIGITS || i === text.length - 1) return 0;
      for (let shift = 12; shift >= 0; shift -= 4) digits[count++] = (group >> shift) & 15;
      group = -1;
    } else if (i === 0) {
      if (text.charCodeAt(1) !== COLON) return 0;
    } else if (i < text.length) {
      if (gap >= 0) return 0;
      gap = count;
    }
  }
  return closeGap(digits, count, gap);
}

/** Fills what `::` stands for (at least one group) with zeros, and takes an IPv4 address out of the IPv6 address that it is mapped into. */
function closeGap(digits: Uint8Array, count: number, gap: number): number {
  if (gap < 0 ? count !== IPV6_DIGITS : count === IPV6_DIGITS) return 0;
  if (gap >= 0) {
    const tail = IPV6_DIGITS - (count - gap);
    digits.copyWithin(tail, gap, count);
    digits.fill(0, gap, tail);
  }
  for (let i = 0; i < 24; i++) if (digits[i] !== (i < 20 ? 0 : 15)) return IPV6_DIGITS;
  digits.copyWithin(0, 24, IPV6_DIGITS);
  return IPV4_DIGITS;
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/**
 * Addresses from `first` to `last`, as hexadecimal digits. It is decided digit by digit, as AWS decides it: as soon as an address lies
 * strictly between the two bounds, further digits do not count. So an IPv4 range also holds the IPv6 addresses that begin with its digits.
 */
export class IpRange {
  readonly #first: Uint8Array;
  readonly #last: Uint8Array;
  /** The digits of the address that is held against the range, so that none need be allocated. */
  readonly #digits = new Uint8Array(IPV6_DIGITS);

  private constructor(first: Uint8Array, last: Uint8Array) {
    this.#first = first;
    this.#last = last;
  }

  /** The range of one address; undefined when the text is no address. */
  static ofAddress(text: string): IpRange | undefined {
    const digits = addressDigits(text);
    return digits.length === 0 ? undefined : new IpRange(digits, digits);
  }

  /** The range of a CIDR block such as `10.0.0.0/8` or `2001:db8::/32`; what AWS says against it when it is none. */
  static ofBlock(text: string): IpRange | string {
    // Java's split, which AWS uses, drops what is empty at the end.
    const parts = text.replace(/\/+$/, "").split("/");
    if (parts.length !== 2) return "Malformed CIDR, one '/' required";
    const [address, mask] = parts;
    if (!/^[+-]?\d+$/.test(mask) || Math.abs(Number(mask)) > 0x7fffffff)
      return "Malformed CIDR, mask bits must be an integer";
    const bits = Number(mask);
    if (bits < 0) return "Malformed CIDR, mask bits must not be negative";
    const digits = addressDigits(address);
    if (digits.length === 0)
      return `${LOOKS_LIKE_ADDRESS.test(address) ? "Invalid" : "Nonstandard"} IP address: ${address}`;
    if (digits.length === IPV4_DIGITS && bits >= 32) return "IPv4 mask bits must be < 32";
    if (digits.length === IPV6_DIGITS && bits >= 128) return "IPv6 mask bits must be < 128";
    const free = digits.map((_, i) => 15 >> Math.min(4, Math.max(0, bits - 4 * i)));
    return new IpRange(
      digits.map((digit, i) => digit & ~free[i]),
      digits.map((digit, i) => digit | free[i]),
    );
  }

  /** Whether the text is an address of this range. */
  holds(text: string): boolean {
    const count = readAddress(text, this.#digits);
    let onFirst = true;
    let onLast = true;
    for (let i = 0; i < count && i < this.#first.length; i++) {
      const digit = this.#digits[i];
      if ((onFirst && digit < this.#first[i]) || (onLast && digit > this.#last[i])) return false;
      onFirst &&= digit === this.#first[i];
      onLast &&= digit === this.#last[i];
      if (!onFirst && !onLast) return true;
    }
    return count >= this.#first.length;
  }
}

function addressDigits(text: string): Uint8Array {
  const digits = new Uint8Array(IPV6_DIGITS);
  return digits.slice(0, readAddress(text, digits));
}
