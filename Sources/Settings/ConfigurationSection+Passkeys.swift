public import Passkeys

extension ConfigurationSection {
  /// The site of the section `passkeys`, with the keys domain and origin; `nil` when there is none.
  public func passkeySite() throws(ConfigurationError) -> PasskeySite? {
    guard let section = try optionalSection("passkeys") else { return nil }
    let domain = try section.string("domain")
    let origin = try section.string("origin")
    guard let site = PasskeySite(relyingParty: domain, origin: origin) else {
      throw section.error(
        "origin",
        "\(origin) is no origin of \(domain); expected such as https://\(domain), or "
          + "http://localhost:8080 for localhost")
    }
    return site
  }
}
