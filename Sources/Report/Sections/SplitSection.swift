/// How the records were divided, and the proof that no family lies on two sides.
func splitSection(_ run: Run) -> Section? {
  guard let certificate = run.certificate.value else { return nil }
  return Section(
    id: "split", title: "Split, and the proof that nothing leaks", shortTitle: "Split",
    lead: "Records that are alike, and all that were made of one, stay on one side; a second check "
      + "proves it again from the finished files."
  ) {
    tag("p", ["class": "meta"]) { verdict(certificate) }
    stackedBar(
      title: "Share of records on each side",
      parts: certificate.sides.map { ($0.name, Double($0.records)) })
    sides(certificate)
    nearest(certificate, run.nearestTexts)
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
  let isByTime = certificate.timeField != nil
  return table(
    caption: "Sides of the split",
    columns: [.text("Side"), .number("Records"), .number("Share"), .number("Families")]
      + (isByTime ? [.text("Earliest"), .text("Latest")] : []),
    rows: certificate.sides.enumerated().map { index, side in
      let times = isByTime ? [side.earliest, side.latest] : []
      return Row(
        [
          .fragment([swatch(color: index), .text(side.name)]),
          .text(Format.count(side.records)),
          .text(Format.percent(side.share ?? Double(side.records) / total)),
          .text(side.families.map(Format.count) ?? "–"),
        ] + times.map { .text($0 ?? "–") })
    })
}

/// The two records on different sides that are most alike, for the reader to judge.
private func nearest(_ certificate: CertificateFile, _ texts: [String: String]) -> Node? {
  guard let pair = certificate.nearest, let first = texts[pair.records[0].id],
    let second = texts[pair.records[1].id]
  else { return nil }
  let measure = certificate.measure.map { " (\($0))" } ?? ""
  return tag("div") {
    tag("h3") { "The two most alike on different sides" }
    tag("ul", ["class": "samples"]) {
      tag("li") {
        tag("p", ["class": "quote", "dir": "auto"]) {
          TextChange(from: first, to: second, limit: 600).node
        }
        tag("p", ["class": "remark"]) {
          "From \(pair.records[0].side) to \(pair.records[1].side), similarity "
            + "\(Format.number(pair.similarity))\(measure)"
        }
      }
    }
  }
}

private func facts(of certificate: CertificateFile) -> [(name: String, value: Node)] {
  let all: [(String, String?)] =
    [
      ("Method", certificate.method), ("Seed", certificate.seed),
      ("Time", certificate.timeField), ("Validation begins", certificate.validationFrom),
      ("Test begins", certificate.testFrom), ("Shared out by", certificate.strata),
      ("Families", certificate.families.map(Format.count)),
      ("Groups", certificate.groups.map(Format.count)),
      ("Largest similarity across sides", certificate.largestSimilarity.map(Format.number)),
      ("Similar pairs cut", certificate.edgesCut.map(Format.count)),
      ("Bridging records dropped", certificate.bridgesDropped.map(Format.count)),
      ("Left out, as seen earlier", certificate.seenEarlier.map(Format.count)),
    ]
    + certificate.given.map { side in
      (
        "Ids given to \(side.side)",
        Format.count(side.ids)
          + (side.missing > 0 ? ", \(Format.count(side.missing)) not found" : "")
      )
    }
  return all.compactMap { name, value in value.map { (name: name, value: Node.text($0)) } }
}
