/// Members in growing order, each once. Its order is the same on every machine, so it may be
/// walked where a set may not.
struct SortedArray<Element: Comparable & Sendable>: Sendable {
  private(set) var elements: [Element] = []

  init() {}

  /// Adds `element`; does nothing when it is there already.
  mutating func insert(_ element: Element) {
    // Identifiers grow, so the end is the usual place.
    if let last = elements.last, last < element { return elements.append(element) }
    let index = position(of: element)
    if index == elements.count || elements[index] != element {
      elements.insert(element, at: index)
    }
  }

  mutating func remove(_ element: Element) {
    let index = position(of: element)
    if index < elements.count, elements[index] == element { elements.remove(at: index) }
  }

  func contains(_ element: Element) -> Bool {
    let index = position(of: element)
    return index < elements.count && elements[index] == element
  }

  private func position(of element: Element) -> Int {
    var low = 0
    var high = elements.count
    while low < high {
      let middle = (low + high) / 2
      if elements[middle] < element { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
