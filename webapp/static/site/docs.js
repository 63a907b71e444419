"use strict";
// Opens Swagger UI on the site's own schema; forms need the cookie's secret.
{
  const place = document.getElementById("schema-page");
  const csrf = () => /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";

  // The page itself has a title and a main landmark; Swagger's own layout would add
  // a second of each.
  const parts = ["AuthorizeBtnContainer", "operations", "Models"];
  const InThePage = ({ React }) => ({
    components: {
      InThePage: ({ getComponent, errSelectors }) => {
        const make = (name, container) => React.createElement(getComponent(name, container), { key: name });
        return React.createElement(
          "div",
          { className: "swagger-ui" },
          make("SvgAssets", false),
          errSelectors.lastError() ? make("errors", true) : null,
          parts.map((name) => make(name, true)),
        );
      },
    },
  });

  SwaggerUIBundle({
    url: place.dataset.schema,
    domNode: place,
    presets: [SwaggerUIBundle.presets.apis],
    plugins: [InThePage],
    layout: "InThePage",
    requestInterceptor: (request) => {
      request.headers["X-CSRFToken"] = csrf();
      return request;
    },
  });
}
