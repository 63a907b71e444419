"use strict";
// Opens Swagger UI on the site's own schema; forms need the cookie's secret.
{
  const place = document.getElementById("schema-page");
  const csrf = () => /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
  SwaggerUIBundle({
    url: place.dataset.schema,
    domNode: place,
    presets: [SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
    // The page itself has the title and says how to sign in.
    plugins: [{ wrapComponents: { InfoContainer: () => () => null } }],
    requestInterceptor: (request) => {
      request.headers["X-CSRFToken"] = csrf();
      return request;
    },
  });
}
