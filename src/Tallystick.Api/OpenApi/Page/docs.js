// Nothing is fetched from, or told to, anybody but this server.
Scalar.createApiReference('#reference', {
  url: '/openapi/v1.json',
  telemetry: false,
  withDefaultFonts: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  agent: { disabled: true },
  mcp: { disabled: true },
  persistAuth: true,
  defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
  authentication: { preferredSecurityScheme: 'key' },
  metaData: { title: 'Tallystick API' },
  customCss: `
    .light-mode { --scalar-color-accent: #0f5c4c; --scalar-background-accent: #0f5c4c14; }
    .dark-mode { --scalar-color-accent: #5fd0b5; --scalar-background-accent: #5fd0b51f; }
    :root { --scalar-font: system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
            --scalar-font-code: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }`,
});
