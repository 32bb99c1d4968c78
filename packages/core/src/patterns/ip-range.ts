const IPV4_DIGITS = 8;
const IPV6_DIGITS = 32;

// What Java takes for a literal address: an IPv4 address of up to 15 characters, in decimal whatever zeros its parts begin with.
const MAX_IPV4_LENGTH = 15;
const IPV6_CHARACTERS = /^[0-9a-fA-F:]+$/;

const MAPPED_PREFIX = [0, 0, 0, 0, 0, 0xffff];

/** Reads an IP address into hexadecimal digits: 8 for IPv4 (and IPv4 mapped into IPv6), 32 for IPv6. Undefined when it is none. */
function addressDigits(text: string): number[] | undefined {
  const groups = text.includes(":") ? ipv6Groups(text) : ipv4Groups(text);
  if (groups === undefined) return undefined;
  const isMapped = groups.length === 8 && MAPPED_PREFIX.every((group, i) => groups[i] === group);
  return (isMapped ? groups.slice(MAPPED_PREFIX.length) : groups).flatMap((group) => [
    group >> 12,
    (group >> 8) & 15,
    (group >> 4) & 15,
    group & 15,
  ]);
}

/** Two groups of 16 bits. */
function ipv4Groups(text: string): number[] | undefined {
  if (text.length > MAX_IPV4_LENGTH) return undefined;
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d+$/.test(part) && Number(part) <= 255)) return undefined;
  const [a, b, c, d] = parts.map(Number);
  return [(a << 8) | b, (c << 8) | d];
}

/** Eight groups of 16 bits; `::` stands for at least one group of zeros. */
function ipv6Groups(text: string): number[] | undefined {
  if (!IPV6_CHARACTERS.test(text)) return undefined;
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail = []] = halves.map((half) => (half === "" ? [] : half.split(":").map(ipv6Group)));
  const zeros = 8 - head.length - tail.length;
  if (halves.length === 2 ? zeros < 1 : zeros !== 0) return undefined;
  const groups = [...head, ...new Array<number>(zeros).fill(0), ...tail];
  return groups.every((group) => group <= 0xffff) ? groups : undefined;
}

function ipv6Group(text: string): number {
  return text === "" ? Number.NaN : Number.parseInt(text, 16);
}

/**
 * Addresses from `first` to `last`, as hexadecimal digits. It is decided digit by digit, as AWS decides it: as soon as an address lies
 * strictly between the two bounds, further digits do not count. So an IPv4 range also holds the IPv6 addresses that begin with its digits.
 */
export class IpRange {
  readonly #first: readonly number[];
  readonly #last: readonly number[];

  private constructor(first: readonly number[], last: readonly number[]) {
    this.#first = first;
    this.#last = last;
  }

  /** The range of one address; undefined when the text is no address. */
  static ofAddress(text: string): IpRange | undefined {
    const digits = addressDigits(text);
    return digits && new IpRange(digits, digits);
  }

  /** The range of a CIDR block such as `10.0.0.0/8` or `2001:db8::/32`; what AWS says against it when it is none. */
  static ofBlock(text: string): IpRange | string {
    // Java's split, which AWS uses, drops what is empty at the end.
    const parts = text.replace(/\/+$/, "").split("/");
    if (parts.length !== 2) return "Malformed CIDR, one '/' required";
    const [address, mask] = parts;
    if (!/^[+-]?\d+$/.test(mask) || Math.abs(Number(mask)) > 0x7fffffff) return "Malformed CIDR, mask bits must be an integer";
    const bits = Number(mask);
    if (bits < 0) return "Malformed CIDR, mask bits must not be negative";
    const digits = addressDigits(address);
    if (digits === undefined) return `Nonstandard IP address: ${address}`;
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
    const digits = addressDigits(text);
    return digits !== undefined && this.#holdsDigits(digits);
  }

  #holdsDigits(digits: readonly number[]): boolean {
    let onFirst = true;
    let onLast = true;
    for (let i = 0; i < this.#first.length; i++) {
      const digit = digits[i];
      if (digit === undefined || (onFirst && digit < this.#first[i]) || (onLast && digit > this.#last[i])) return false;
      onFirst &&= digit === this.#first[i];
      onLast &&= digit === this.#last[i];
      if (!onFirst && !onLast) return true;
    }
    return true;
  }
}
