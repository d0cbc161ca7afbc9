import { Result } from "effect"
import { describe, expect, it } from "vitest"
import { type OutboundRules, readOutboundUrl } from "../../../src/http/outboundUrl.ts"

const rules: OutboundRules = {
  allowLocal: false,
  ports: [
    { first: 443, last: 443 },
    { first: 8000, last: 8999 }
  ]
}
const local: OutboundRules = { ...rules, allowLocal: true }

const faultOf = (text: string, given = rules): string | null => {
  const read = readOutboundUrl(text, given)
  return Result.isFailure(read) ? String(read.failure) : null
}

describe("outboundUrl", () => {
  it.each([
    "https://anchor.example.org/callback",
    "https://anchor.example.org",
    "https://Anchor.Example.ORG/a/b?c=d&e",
    "https://anchor.example.org:443/",
    "https://anchor.example.org:8443/x",
    "https://8.8.8.8/",
    "https://[2606:4700:4700::1111]/"
  ])("takes %s (S31-CB-04)", (text) => {
    expect(faultOf(text)).toBeNull()
  })

  it.each([
    ["http://anchor.example.org/", "it is not https"],
    ["https://user@anchor.example.org/", "it holds a user name or password"],
    ["https://user:secret@anchor.example.org/", "it holds a user name or password"],
    ["https://@anchor.example.org/", "it holds a user name or password"],
    ["https://anchor.example.org/#part", "it has a fragment"],
    ["https://anchor.example.org/#", "it has a fragment"],
    ["https://2130706433/", "it is not written"],
    ["ftp://anchor.example.org/", "absolute URL"],
    ["//anchor.example.org/", "absolute URL"],
    ["/callback", "absolute URL"],
    ["anchor.example.org/callback", "absolute URL"],
    ["https:anchor.example.org", "absolute URL"],
    ["https://", "absolute URL"],
    ["https://anchor.example.org/a b", "absolute URL"],
    ["https://anchor\t.example.org/", "absolute URL"],
    ["https://anchor.example.org\\@evil.example/", "absolute URL"],
    ["https://１２７.0.0.1/", "absolute URL"],
    [`https://anchor.example.org/${"x".repeat(2048)}`, "more than 2048 characters"]
  ])("refuses %s, and says why (S31-CB-04)", (text, why) => {
    expect(faultOf(text)).toContain(why === "it is not written" ? "not written as four decimal numbers" : why)
  })

  it.each([
    "https://localhost/",
    "https://LOCALHOST./",
    "https://api.localhost/",
    "https://intranet/",
    "https://printer.local/",
    "https://metadata.google.internal/",
    "https://router.home.arpa/",
    "https://127.0.0.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://10.1.2.3/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[fd00:ec2::254]/"
  ])("refuses the inside host %s in one and the same sentence (S31-CB-04, SEC-03, SEC-06)", (text) => {
    expect(faultOf(text)).toBe("its host is not one that is called from here")
  })

  it("calls only the ports of the settings; 443 is https's own (SEC-01)", () => {
    expect(faultOf("https://anchor.example.org:22/")).toBe("port 22 is not one that is called from here")
    expect(faultOf("https://anchor.example.org:7999/")).not.toBeNull()
    expect(faultOf("https://anchor.example.org:8000/")).toBeNull()
    expect(
      faultOf("https://anchor.example.org/", { ...rules, ports: [{ first: 8000, last: 8999 }] })
    ).toContain("port 443")
  })

  it("in local mode permits plain http, any port and this machine, and nothing else (S31-CB-04, SEC-01)", () => {
    for (const text of [
      "http://localhost:3000/callback",
      "http://127.0.0.1:80/",
      "http://[::1]:9/",
      "https://localhost/",
      "http://anchor.example.org/"
    ]) {
      expect(faultOf(text, local), text).toBeNull()
    }
    for (const text of [
      "http://10.0.0.1/",
      "http://169.254.169.254/",
      "http://intranet/",
      "http://0.0.0.0/",
      "http://[::]/",
      "http://[::ffff:127.0.0.1]/",
      "http://0x7f.1/",
      "http://user@localhost/",
      "http://localhost/#x"
    ]) {
      expect(faultOf(text, local), text).not.toBeNull()
    }
  })
})
