import Evaluate
import Records
import Testing

@Suite struct `Metrics of classes` {
  @Test func `the reference holds its fourteen cases`() {
    #expect(Reference.shared.cases.count == 14)
  }

  @Test(arguments: Reference.shared.cases)
  func `accuracy is scikit-learn's`(reference: ReferenceCase) {
    #expect(agrees(reference.outcomes.accuracy, reference.json["accuracy"]))
  }

  @Test(arguments: Reference.shared.cases)
  func `every rate in every average is scikit-learn's`(reference: ReferenceCase) {
    let outcomes = reference.outcomes
    let averages = Average.allCases.filter { $0 != .binary || outcomes.labels.count == 2 }
    for (key, zeroDivision) in zip(["zero", "one", "notANumber"], ZeroDivision.allCases) {
      for rate in ClassRate.allCases {
        for average in averages {
          let name = "\(rate.rawValue).\(average.rawValue)"
          let value = outcomes.rate(rate, average: average, zeroDivision: zeroDivision)
          let expected = reference.json["rates"]?[key]?[name]
          #expect(expected != nil, "the fixture lacks \(name)")
          #expect(agrees(value, expected), "\(name), 0 ÷ 0 = \(key): \(value)")
        }
      }
    }
  }

  @Test(arguments: Reference.shared.cases)
  func `the table of classes is scikit-learn's`(reference: ReferenceCase) {
    let rows = reference.json["classes"]?.array ?? []
    let table = reference.outcomes.perClass()
    #expect(rows.count == table.count)
    for (row, expected) in zip(table, rows) {
      let values = [row.precision, row.recall, row.f1, Double(row.support)]
      for (value, number) in zip(values, expected.array ?? []) { #expect(agrees(value, number)) }
    }
  }

  @Test(arguments: Reference.shared.cases)
  func `the confusion matrix is scikit-learn's`(reference: ReferenceCase) {
    let rows = reference.outcomes.confusion.rows.map { row in
      JSONValue.array(row.map { .integer($0) })
    }
    #expect(JSONValue.array(rows) == reference.json["confusion"])
  }

  @Test(arguments: Reference.shared.cases.filter { $0.json["auc"] != nil })
  func `the area under the ROC curve of each class is scikit-learn's`(reference: ReferenceCase) {
    let outcomes = reference.outcomes
    for (index, expected) in (reference.json["auc"]?["each"]?.array ?? []).enumerated() {
      switch outcomes.rocAUC(of: index) {
      case .area(let area): #expect(agrees(area, expected), "class \(index): \(area)")
      case .undefined: #expect(expected.isNull, "class \(index) is \(expected)")
      }
    }
  }

  @Test(arguments: Reference.shared.cases.filter { $0.json["auc"] != nil })
  func `the averaged areas are scikit-learn's`(reference: ReferenceCase) throws {
    let outcomes = Outcomes.classification(reference.outcomes)
    for metric in standardMetrics {
      guard let expected = reference.json["auc"]?[metric.name] else { continue }
      switch metric.measure(outcomes).value {
      case .number(let area): #expect(agrees(area, expected), "\(metric.name): \(area)")
      case .unavailable: #expect(expected.isNull)
      default: Issue.record("\(metric.name) is no number")
      }
    }
  }

  @Test func `confidence intervals are scipy's`() {
    for row in Reference.shared.root["wilson"]?.array ?? [] {
      let numbers = row.array ?? []
      let interval = wilsonInterval(successes: numbers[0].int ?? -1, of: numbers[1].int ?? -1)
      #expect(agrees(interval?.lowerBound ?? -1, numbers[2]))
      #expect(agrees(interval?.upperBound ?? -1, numbers[3]))
    }
    #expect(wilsonInterval(successes: 0, of: 0) == nil)
  }

  @Test func `the prediction is the highest score, of equal ones the first`() {
    let scores: [Float] = [0.2, 0.5, 0.5, .nan, 0.1, 0.3, -3, -1, -2, .nan, .nan, .nan]
    let outcomes = ClassificationOutcomes(
      labels: ["a", "b", "c"], references: [1, 2, 1, 0], highestOf: scores)
    #expect(outcomes.predictions == [1, 2, 1, 0])
  }
}
