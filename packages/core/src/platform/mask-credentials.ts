/** Takes user and password out of the URLs in a text: `https://user:password@host` becomes `https://host`. */
export function maskCredentials(text: string): string {
  return text.includes("@") ? text.replaceAll(/(?<=:\/\/)[^/\s@]+@/g, "") : text;
}
