// Ambient types of the application.
declare global {
  namespace App {
    interface PageState {
      /** The row that a table had selected before the page changed. */
      selected?: string;
    }
  }
}
export {};
