/// How the records were divided, and the proof that no family lies on two sides.
func splitSection(_ run: Run) -> Section? {
  guard let certificate = run.certificate.value else { return nil }
  return Section(id: "split", title: "Split") {
    tag("p", ["class": "meta"]) { verdict(certificate) }
    stackedBar(
      title: "Share of records on each side",
      parts: certificate.sides.map { ($0.name, Double($0.records)) })
    sides(certificate)
    facts(facts(of: certificate))
  }
}

/// Whether anything leaks, as far as the certificate tells.
private func verdict(_ certificate: CertificateFile) -> Node {
  switch certificate.edgesCut {
  case 0: badge("no similar pair crosses sides", kind: "good")
  case nil: badge("the certificate does not count cut edges", kind: "warn")
  case let cut?: badge("\(Format.count(cut)) similar pairs cross sides", kind: "bad")
  }
}

private func sides(_ certificate: CertificateFile) -> Node {
  let total = Double(max(certificate.sides.reduce(0) { $0 + $1.records }, 1))
  return table(
    caption: "Sides of the split",
    columns: [.text("Side"), .number("Records"), .number("Share"), .number("Families")],
    rows: certificate.sides.enumerated().map { index, side in
      Row([
        .fragment([swatch(color: index), .text(side.name)]),
        .text(Format.count(side.records)),
        .text(Format.percent(side.share ?? Double(side.records) / total)),
        .text(side.families.map(Format.count) ?? "–"),
      ])
    })
}

private func facts(of certificate: CertificateFile) -> [(name: String, value: Node)] {
  let all: [(String, String?)] = [
    ("Method", certificate.method), ("Seed", certificate.seed),
    ("Families", certificate.families.map(Format.count)),
    ("Groups", certificate.groups.map(Format.count)),
    ("Largest similarity across sides", certificate.largestSimilarity.map(Format.number)),
    ("Similar pairs cut", certificate.edgesCut.map(Format.count)),
    ("Bridging records dropped", certificate.bridgesDropped.map(Format.count)),
  ]
  return all.compactMap { name, value in value.map { (name: name, value: Node.text($0)) } }
}
