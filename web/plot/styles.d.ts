/** Stylesheets come as text: a shadow root takes them. */
declare module "*.css" {
  const text: string;
  export default text;
}
